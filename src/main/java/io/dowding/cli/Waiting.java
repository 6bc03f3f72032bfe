package io.dowding.cli;

import io.dowding.Scheduler;
import io.dowding.ServiceInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Waits until services have reached their desired state. */
final class Waiting {

  static final int TIMED_OUT = 3;

  private static final Duration UNTIL_LOOKED_AT = Duration.ofSeconds(5);
  private static final Duration BETWEEN = Duration.ofMillis(500);

  private final Scheduler scheduler;
  private final Report report;

  /** Receives progress. */
  @FunctionalInterface
  interface Report {
    void line(String line) throws Exception;
  }

  Waiting(Scheduler scheduler, Report report) {
    this.scheduler = scheduler;
    this.report = report;
  }

  /** Returns the exit status: 0 when all are as desired, 1 if one cannot be, 3 after a timeout. */
  int forAll(Set<String> names, Duration time) throws Exception {
    long begin = System.nanoTime();
    long end = begin + time.toNanos();
    List<String> shown = List.of();
    while (true) {
      List<String> open = new ArrayList<>();
      boolean failed = false;
      for (String name : names) {
        ServiceInfo service = scheduler.service(name).orElse(null);
        if (service == null || !isDone(service)) {
          open.add(line(name, service));
          failed |= service == null || (service.state().equals("invalid") && isSettled(begin));
        }
      }
      if (!open.equals(shown)) {
        for (String line : open) {
          report.line(line);
        }
        shown = open;
      }
      if (open.isEmpty()) {
        return 0;
      }
      if (failed) {
        return 1;
      }
      if (System.nanoTime() > end) {
        report.line("gave up after " + time.toSeconds() + " s; dowding status shows more");
        return TIMED_OUT;
      }
      Thread.sleep(BETWEEN);
    }
  }

  /** Until the agent has looked, the state is that of the previous definition. */
  private static boolean isSettled(long begin) {
    return System.nanoTime() - begin > UNTIL_LOOKED_AT.toNanos();
  }

  private static boolean isDone(ServiceInfo service) {
    return service.observedGeneration() == service.generation()
        && List.of("running", "completed", "stopped").contains(service.state());
  }

  private static String line(String name, @org.jspecify.annotations.Nullable ServiceInfo service) {
    if (service == null) {
      return name + ": removed while waiting";
    }
    String why =
        service.jobs().stream()
            .filter(job -> !job.reason().isEmpty())
            .map(job -> job.id() + ": " + job.reason())
            .findFirst()
            .orElse(service.message());
    return "%s: %s %d/%d %s"
        .formatted(name, service.state(), service.running(), service.desired(), why)
        .strip();
  }
}
