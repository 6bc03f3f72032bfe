package io.dowding.placement;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Ownership;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** How jobs of the library count, whose containers are created by others. */
public final class LibraryJobs {

  /** A record whose container was never seen stops counting as load after this long. */
  public static final Duration EXPECTED = Duration.ofMinutes(10);

  private LibraryJobs() {}

  /** Whether a record counts as a job of its host, in addition to the containers seen there. */
  public static boolean isLoad(Allocation record, Collection<Container> containers, Instant now) {
    if (!record.isOfLibrary()) {
      return true;
    }
    boolean seen = containers.stream().anyMatch(container -> isOf(container, record.job()));
    return !seen && now.isBefore(record.since().plus(EXPECTED));
  }

  /** Whether a container was started for a library's id: by name, or by our label. */
  public static boolean isOf(Container container, String job) {
    return container.name().equals(job) || job.equals(container.labels().get(Ownership.JOB));
  }

  /** The part before the last dot, or empty: {@code auth} for {@code auth.abc}. */
  public static String groupOf(String job) {
    int dot = job.lastIndexOf('.');
    return dot < 0 ? "" : job.substring(0, dot);
  }

  /**
   * The hosts that an id avoids, each with the reason: those with another id of its group,
   * allocated or running. {@code auth.abc} is in one group with {@code auth.xyz}, but not with
   * {@code auth2.x} or {@code author.x}; an id without a dot has no group.
   *
   * @param containers by hostname
   */
  public static Map<String, String> exclusions(
      String job,
      Collection<Allocation> records,
      Map<String, ? extends Collection<Container>> containers) {
    String group = groupOf(job);
    if (group.isEmpty()) {
      return Map.of();
    }
    Map<String, String> excluded = new TreeMap<>();
    for (Allocation record : records) {
      if (!record.job().equals(job) && groupOf(record.job()).equals(group)) {
        excluded.put(record.host(), record.job() + " is allocated there");
      }
    }
    containers.forEach(
        (host, there) -> {
          for (Container container : there) {
            String other = container.labels().getOrDefault(Ownership.JOB, container.name());
            if (container.isAlive() && !other.equals(job) && groupOf(other).equals(group)) {
              excluded.put(host, other + " runs there");
            }
          }
        });
    return excluded;
  }
}
