package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Reach;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import io.dowding.model.UpdateConfig.OnFailure;
import io.dowding.model.UpdateConfig.Order;
import io.dowding.plan.Running.Located;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The progress of replacing a service's jobs, and how many more replacements may start. Everything
 * is derived from the situation at each plan; only what was good and what failed is stored.
 */
final class Rollout {

  private final Pass pass;
  private final Situation situation;
  private final Service service;
  private final String note;
  private final UpdateConfig config;
  private int jobs;
  private int good;
  private int underWay;
  private int replaced;
  private final List<String> failed = new ArrayList<>();
  private final Set<String> served = new TreeSet<>();
  private @Nullable Instant lastGood;

  Rollout(Pass pass, Service service) {
    this(pass, service, "");
  }

  /**
   * @param note for the status: what is done differently from the definition, or empty
   */
  Rollout(Pass pass, Service service, String note) {
    this.pass = pass;
    this.situation = pass.situation;
    this.service = service;
    this.note = note;
    this.config = service.update();
  }

  /** Why the new container cannot run next to the old one, or null if it can. */
  private static @Nullable String inTheWay(ContainerSpec container) {
    if (container.containerName() != null) {
      return "container_name is fixed";
    }
    if (container.ports().stream().anyMatch(port -> port.published() != 0)) {
      return "a published port is fixed";
    }
    return container.hasLocalData() ? "both would write the same data" : null;
  }

  boolean startsFirst() {
    return config.order() == Order.START_FIRST && inTheWay(service.container()) == null;
  }

  private Duration monitor() {
    return situation.settings().monitor(service);
  }

  /** For the status: what is done differently from the definition. */
  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    String obstacle = inTheWay(service.container());
    if (config.order() == Order.START_FIRST && obstacle != null) {
      notes.add("order: stop-first, because " + obstacle);
    }
    if (config.monitor() != null && !config.monitor().equals(monitor())) {
      notes.add("monitor: " + monitor().toSeconds() + "s, the window of the health check");
    }
    notes.add(new Following(pass).note(service));
    notes.add(note);
    notes.removeIf(String::isEmpty);
    return notes;
  }

  private boolean isGood(Allocation record) {
    return pass.goodness(record, service).isGood();
  }

  /** With start-first: the container that serves until the recorded one is good; or null. */
  @Nullable Located spare(Allocation record) {
    if (record.replaces() == 0 || isGood(record)) {
      return null;
    }
    // The record may be old and name a container that is gone by now.
    return pass.running.surplus(record).stream()
        .filter(Rollout::serves)
        .max(
            Comparator.comparing((Located l) -> l.owned().incarnation() == record.replaces())
                .thenComparingLong(l -> l.owned().incarnation()))
        .orElse(null);
  }

  /** The incarnation of the container that serves until a new one is good; 0 for none. */
  long toReplace(String job, @Nullable Allocation record) {
    if (!startsFirst()) {
      return 0;
    }
    long before = record == null ? 0 : record.replaces();
    Allocation good = record != null && isGood(record) ? record : null;
    return pass.running.of(job).stream()
        .filter(Rollout::serves)
        .max(
            Comparator.comparing((Located l) -> good != null && l.isOf(good))
                .thenComparing(l -> l.owned().incarnation() == before)
                .thenComparingLong(l -> l.owned().incarnation()))
        .map(located -> located.owned().incarnation())
        .orElse(0L);
  }

  /** Whether stopping it would interrupt service. */
  static boolean serves(Located located) {
    return located.host().reach() == Reach.UP && located.owned().container().isAlive();
  }

  /** Counts a job that is as and where it should be. */
  void count(String job) {
    jobs++;
    Allocation record = situation.allocations().get(job);
    if (record == null || !isWaitedFor(pass.viewOf(job), situation.host(record.host()))) {
      return;
    }
    if (pass.goodness(record, service) instanceof Goodness.Good(Instant since)
        && !isReplacing(record)) {
      good++;
      lastGood = lastGood == null || (since != null && since.isAfter(lastGood)) ? since : lastGood;
      return;
    }
    if (spare(record) != null) {
      served.add(job);
    }
    // A job that was good and ends later is no failure of the update; but it is waited for.
    boolean proven = situation.memory(job).isProven(record.incarnation());
    String failure = proven ? null : failure(record);
    if (failure == null) {
      underWay++;
    } else {
      failed.add(job + ": " + failure);
    }
  }

  /** False for a job that cannot be placed, or whose host is down. */
  private static boolean isWaitedFor(@Nullable JobView view, @Nullable HostState host) {
    return view != null
        && switch (view.state()) {
          case PENDING, PAUSED -> false;
          case UNREACHABLE -> host != null && host.reach() != Reach.DOWN;
          default -> true;
        };
  }

  /** Counts a job that still has to be replaced. */
  void countChange() {
    jobs++;
    replaced++;
  }

  /** What comes before the next job's replacement keeps failing. */
  void fail(String why) {
    failed.add(why);
  }

  private boolean isReplacing(Allocation record) {
    return record.replaces() != 0 && !pass.running.surplus(record).isEmpty();
  }

  private @Nullable String failure(Allocation record) {
    JobMemory memory = situation.memory(record.job());
    Located current = pass.running.current(record);
    Container container = current == null ? null : current.owned().container();
    if (container != null && "unhealthy".equals(container.health())) {
      return "unhealthy";
    }
    if (container == null || container.startedAt() == null) {
      // A container that never started may have failed because of the network or the host.
      return memory.failures() >= Settings.TRIES_ON_ONE_HOST
          ? memory.lastError()
          : container == null ? new Preparing(pass).failure(service) : null;
    }
    if (memory.exits() > 0 || (memory.failures() > 0 && memory.awaitsPostStart(container))) {
      return memory.lastError();
    }
    if (container.state() != Container.State.RUNNING) {
      return "exited with " + container.exitCode();
    }
    // An engine forgets the exit code when it restarts a container.
    return container.restartCount() > 0 ? "exited, and Docker restarted it" : null;
  }

  private boolean tooManyFailed() {
    return !failed.isEmpty() && failed.size() > config.maxFailureRatio() * jobs;
  }

  /** How many more serving jobs may be replaced now. */
  int free() {
    if (tooManyFailed() && config.onFailure() != OnFailure.CONTINUE) {
      return 0;
    }
    int slots = config.parallelism() == 0 ? jobs : config.parallelism();
    int free = slots - underWay;
    Instant next = lastGood == null ? null : lastGood.plus(config.delay());
    if (free > 0 && replaced > 0 && next != null && pass.now().isBefore(next)) {
      pass.wakeAt(next);
      return 0;
    }
    return Math.max(0, free);
  }

  /** The result, once all jobs are counted. */
  RolloutView view() {
    String why = String.join("; ", failed);
    boolean tooMany = tooManyFailed();
    RolloutView.State state;
    if (tooMany && config.onFailure() == OnFailure.ROLLBACK) {
      state = RolloutView.State.FAILED;
    } else if (tooMany && config.onFailure() == OnFailure.PAUSE && replaced > 0) {
      state = RolloutView.State.PAUSED;
    } else if (replaced > 0 || underWay > 0 || good == 0 || tooMany) {
      state = RolloutView.State.UNDER_WAY;
    } else {
      state = RolloutView.State.GOOD;
    }
    return new RolloutView(
        state,
        why,
        notes(),
        new RolloutView.Count(replaced, jobs - replaced, good, failed.size()),
        served);
  }
}
