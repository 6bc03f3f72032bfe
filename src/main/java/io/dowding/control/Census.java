package io.dowding.control;

import io.dowding.keys.HostStatus;
import io.dowding.keys.KeyProblem;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.ServiceStatus.JobStatus;
import io.dowding.model.PreStart;
import io.dowding.plan.JobView;
import java.util.Collections;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The published status in numbers.
 *
 * @param services by state
 * @param jobs by state
 * @param desired jobs
 * @param running of the desired jobs
 * @param completed of the desired jobs: they ended successfully and stay ended
 * @param hosts by state: {@code up}, {@code unknown} or {@code down}
 * @param settings hosts by what the operator set: {@code active}, {@code pause}, {@code drain} or
 *     {@code gone}
 * @param warned hosts whose status has a problem: something to correct although they answer
 * @param holds what waits for a person
 * @param problems keys that cannot be used, other than services
 */
public record Census(
    SortedMap<String, Integer> services,
    SortedMap<String, Integer> jobs,
    int desired,
    int running,
    int completed,
    SortedMap<String, Integer> hosts,
    SortedMap<String, Integer> settings,
    int warned,
    int holds,
    int problems) {

  /** Keeps the numbers as values change; the cost is that of the changed values. */
  static final class Taker {
    private static final String COMPLETED = JobView.State.COMPLETED.name().toLowerCase(Locale.ROOT);

    private final SortedMap<String, Integer> services = new TreeMap<>();
    private final SortedMap<String, Integer> jobs = new TreeMap<>();
    private final SortedMap<String, Integer> hosts = new TreeMap<>();
    private final SortedMap<String, Integer> settings = new TreeMap<>();
    private int desired;
    private int running;
    private int completed;
    private int warned;
    private int holds;
    private int problems;
    private @Nullable Census taken;

    /** A value was replaced; null if there was or is none. */
    void changed(@Nullable Object before, @Nullable Object after) {
      count(before, -1);
      count(after, 1);
      taken = null;
    }

    private void count(@Nullable Object value, int by) {
      switch (value) {
        case ServiceStatus service -> {
          add(services, service.state(), by);
          service.jobs().forEach((name, job) -> count(name, job, by));
          desired += by * service.desired();
          running += by * service.running();
        }
        case HostStatus host -> {
          add(hosts, host.state(), by);
          add(settings, host.operator(), by);
          warned += host.problem() == null ? 0 : by;
        }
        case HostStatus.Hold _ -> holds += by;
        case KeyProblem _ -> problems += by;
        case null, default -> {}
      }
    }

    private void count(String name, @Nullable JobStatus job, int by) {
      if (job != null) {
        add(jobs, job.state(), by);
        completed += COMPLETED.equals(job.state()) && !PreStart.isJob(name) ? by : 0;
      }
    }

    /** A status that another program wrote may lack its state. */
    private static void add(SortedMap<String, Integer> to, @Nullable String state, int by) {
      if (state == null) {
        return;
      }
      to.merge(state, by, (a, b) -> a + b == 0 ? null : a + b);
    }

    Census take() {
      Census present = taken;
      if (present == null) {
        present =
            new Census(
                copy(services),
                copy(jobs),
                desired,
                running,
                completed,
                copy(hosts),
                copy(settings),
                warned,
                holds,
                problems);
        taken = present;
      }
      return present;
    }

    private static SortedMap<String, Integer> copy(SortedMap<String, Integer> of) {
      return Collections.unmodifiableSortedMap(new TreeMap<>(of));
    }
  }
}
