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
 * The state of one service's jobs. Valid until something changes that it depends on: the service's
 * definition, pins, records and containers, the hosts of those, and its {@link Reads}.
 *
 * @param jobs by id
 * @param rollout null if no such service
 * @param spared orphans that are left alone, because they are from before etcd lost its keys
 * @param wake when to plan again if nothing happens before, or null
 */
public record ServicePlan(
    SortedMap<String, JobView> jobs,
    @Nullable RolloutView rollout,
    Set<String> spared,
    @Nullable Instant wake,
    Reads reads) {

  /** For a name without service, records or containers. */
  public static final ServicePlan NOTHING =
      new ServicePlan(
          Collections.unmodifiableSortedMap(new TreeMap<>()), null, Set.of(), null, Reads.NOTHING);

  /**
   * What else a plan depends on.
   *
   * @param services others whose definition, pins, records or containers it read
   * @param projects those whose services it looked up
   * @param hosts others that it tried to place a job on
   * @param starvedOn hosts that had reached their limit of calls
   * @param fleet whether it compared all hosts
   * @param words whether it read the operator's setting of every host
   * @param looks whether it waits for a container to be inspected again
   * @param places whether it placed a job
   * @param tries where in the order it is, if it looked for a place for a job without a record
   * @param waits where in the order it is, if it waits for its turn to be placed
   * @param unfinished whether it has something to do, or waits for something that no event reports
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
      @Nullable Turn tries,
      @Nullable Turn waits,
      boolean unfinished) {
    static final Reads NOTHING =
        new Reads(
            Set.of(), Set.of(), Set.of(), Set.of(), false, false, false, false, null, null, false);
  }

  /** Whether it contains nothing. */
  public boolean isNothing() {
    return equals(NOTHING);
  }

  /**
   * How another plan of this service differs, apart from its reads: half a sentence, or null if it
   * does not.
   */
  public @Nullable String differenceTo(ServicePlan other) {
    Set<String> all = new TreeSet<>(jobs.keySet());
    all.addAll(other.jobs.keySet());
    for (String job : all) {
      JobView before = jobs.get(job);
      JobView after = other.jobs.get(job);
      if (!Objects.equals(before, after)) {
        return job + " was " + words(before) + ", should be " + words(after);
      }
    }
    if (!Objects.equals(rollout, other.rollout)) {
      return "its update was " + rollout + ", should be " + other.rollout;
    }
    if (!spared.equals(other.spared)) {
      return "spared were " + spared + ", should be " + other.spared;
    }
    return Objects.equals(wake, other.wake)
        ? null
        : "the next plan was due at " + wake + ", should be " + other.wake;
  }

  private static String words(@Nullable JobView view) {
    return view == null
        ? "not there"
        : view.state() + " on " + view.host() + " (" + view.reason() + ")";
  }
}
