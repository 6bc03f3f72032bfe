package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Service;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Follows tags: checks at intervals what the tag of a service's image points to. The answer is
 * recorded before anything is replaced, and then rolled out like a changed definition.
 */
final class Following {

  /** After a start of the agent, the first checks are spread over this time. */
  private static final Duration SPREAD = Duration.ofMinutes(5);

  private final Pass pass;
  private final Situation situation;

  Following(Pass pass) {
    this.pass = pass;
    this.situation = pass.situation;
  }

  /** Looks if it is time to, through a host of one of these jobs. */
  void look(Service service, List<String> jobs) {
    // A digest is unknown until the first pull of the tag, which comes first; or it was forgotten.
    boolean isKnown = service.container().isImmutable();
    boolean isForgotten =
        service.container().seeksDigest() && jobs.stream().anyMatch(job -> hasRun(service, job));
    if (!follows(service) || !service.running() || !(isKnown || isForgotten)) {
      return;
    }
    Instant due = due(service);
    if (pass.now().isBefore(due)) {
      pass.wakeAt(due);
      return;
    }
    List<String> hosts =
        jobs.stream()
            .map(situation.allocations()::get)
            .filter(record -> record != null && isUsable(record))
            .map(Allocation::host)
            .distinct()
            .toList();
    if (!hosts.isEmpty()) {
      // A registry that hangs must not keep the host from other calls.
      pass.callIfIdle(
          new Action.Resolve(
              hosts.get(turn(service, hosts.size())),
              service.name(),
              service.container().tag(),
              service.specHash(),
              "its tag is followed"));
    }
  }

  /** Whether the job has a container of this definition, so that its tag was pulled once. */
  private boolean hasRun(Service service, String job) {
    Allocation record = situation.allocations().get(job);
    return record != null
        && Service.isOf(record.specHash(), service)
        && pass.running.current(record) != null;
  }

  /**
   * Another host each time: one may not reach the registry, or lie. The same while a check is due,
   * so that a plan does not change by the passage of time alone.
   */
  private int turn(Service service, int hosts) {
    JobMemory memory = situation.memory(service.name());
    Instant planned = memory.nextTry() == null ? situation.stopsFrom() : memory.nextTry();
    long interval = service.container().pullPolicy().follow().toSeconds();
    long looks = planned.getEpochSecond() / interval;
    return (int) Math.floorMod(looks + memory.failures(), (long) hosts);
  }

  private static boolean follows(Service service) {
    return !service.container().pullPolicy().follow().isZero();
  }

  private boolean isUsable(Allocation record) {
    HostState host = situation.host(record.host());
    return host != null && host.usable();
  }

  private Instant due(Service service) {
    JobMemory memory = situation.memory(service.name());
    Instant next = memory.nextTry();
    Duration every = service.container().pullPolicy().follow();
    if (next == null) {
      long spread = Math.min(every.toMillis(), SPREAD.toMillis());
      return situation.stopsFrom().plusMillis(Math.floorMod(service.name().hashCode(), spread));
    }
    // The interval may have become shorter since.
    boolean isLate = memory.failures() == 0 && next.isAfter(pass.now().plus(every));
    return isLate ? pass.now() : next;
  }

  /** Why the tag is not followed as asked at the moment; or empty. */
  String note(Service service) {
    JobMemory memory = situation.memory(service.name());
    return follows(service) && memory.failures() > 0
        ? "cannot check the tag " + service.container().tag() + ": " + memory.lastError()
        : "";
  }
}
