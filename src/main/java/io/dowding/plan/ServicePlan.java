package io.dowding.plan;

import java.time.Instant;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How the jobs of one service stand. It stays right until something changes that it rests on: its
 * own definition, pins, records and containers, the hosts that have those, and its {@link Reads}.
 *
 * @param jobs by id
 * @param rollout null where there is no such service
 * @param spared jobs that nobody wants, from before etcd lost its memory, whose containers are left
 * @param wake when it is to be planned again if nothing happens before, or null
 */
public record ServicePlan(
    SortedMap<String, JobView> jobs,
    @Nullable RolloutView rollout,
    Set<String> spared,
    @Nullable Instant wake,
    Reads reads) {

  /** Of a name that nothing has to do with. */
  public static final ServicePlan NOTHING =
      new ServicePlan(
          Collections.unmodifiableSortedMap(new TreeMap<>()), null, Set.of(), null, Reads.NOTHING);

  /**
   * On what else a plan rests.
   *
   * @param services others whose definition, pins, records or containers it has looked at
   * @param projects those whose services it has looked for
   * @param hosts others on which it has asked for a place
   * @param starvedOn hosts that had their fill of calls
   * @param fleet whether it has compared all hosts
   * @param words whether it has asked for the operator's word of every host
   * @param looks whether it waits for another look at a container
   * @param places whether it has placed a job
   * @param unfinished whether it has anything to do, or to wait for that no event tells
   */
  public record Reads(
      Set<String> services,
      Set<String> projects,
      Set<String> hosts,
      Set<String> starvedOn,
      boolean fleet,
      boolean words,
      boolean looks,
      boolean places,
      boolean unfinished) {
    static final Reads NOTHING =
        new Reads(Set.of(), Set.of(), Set.of(), Set.of(), false, false, false, false, false);
  }

  /** Whether it says nothing at all. */
  public boolean isNothing() {
    return equals(NOTHING);
  }

  /**
   * In what another plan of this service differs, but for what it rests on: half a sentence, or
   * null if in nothing.
   */
  public @Nullable String differenceTo(ServicePlan other) {
    Set<String> all = new TreeSet<>(jobs.keySet());
    all.addAll(other.jobs.keySet());
    for (String job : all) {
      JobView before = jobs.get(job);
      JobView after = other.jobs.get(job);
      if (!Objects.equals(before, after)) {
        return job + " was " + words(before) + ", and is " + words(after);
      }
    }
    if (!Objects.equals(rollout, other.rollout)) {
      return "its update was " + rollout + ", and is " + other.rollout;
    }
    if (!spared.equals(other.spared)) {
      return "spared were " + spared + ", and are " + other.spared;
    }
    return Objects.equals(wake, other.wake)
        ? null
        : "it was to be looked at again at " + wake + ", and is at " + other.wake;
  }

  private static String words(@Nullable JobView view) {
    return view == null
        ? "not there"
        : view.state() + " on " + view.host() + " (" + view.reason() + ")";
  }
}
