package io.dowding.control;

import io.dowding.control.Event.Outcome;
import io.dowding.model.Container;
import io.dowding.model.Hooks;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import io.dowding.plan.JobMemory;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What to remember of a job after a call for it ended. */
final class Lessons {

  static final Duration SHORTLY = Duration.ofMillis(300);

  private static final Duration KILL_AGAIN = Duration.ofSeconds(2);

  private Lessons() {}

  /** After a successful call, with the container as it is then. */
  static JobMemory done(
      JobMemory memory, Action.OnHost action, @Nullable Container container, Instant now) {
    return switch (action) {
      case Action.Signal signal ->
          container == null
              ? memory
              : signal.signal().equals(Action.Signal.KILL)
                  ? memory.killed(signal.container(), now.plus(KILL_AGAIN))
                  : memory.stopping(signal.container(), now.plus(container.stopGrace()));
      case Action.SetRestart _ -> memory.later(now.plus(SHORTLY));
      case Action.Pull pull ->
          memory.image(pull.host(), JobMemory.image(pull.specHash(), pull.image()), true);
      case Action.Exec exec -> ran(memory, exec, container);
      case Action.Connect _ -> memory.connected("", now);
      // An engine may say that it started one, and show it as before.
      case Action.Start _ ->
          container == null || container.isAlive() ? memory : memory.later(now.plus(SHORTLY));
      case Action.Create _, Action.Remove _, Action.Look _, Action.Resolve _ -> memory;
    };
  }

  private static JobMemory ran(JobMemory memory, Action.Exec exec, @Nullable Container container) {
    if (exec.hooks().equals(Hooks.PRE_STOP)) {
      return memory.preStopped(exec.container());
    }
    return container == null ? memory : memory.postStarted(container);
  }

  /** After a call that failed or whose result is unknown. */
  static JobMemory failed(
      JobMemory memory, Action.OnHost action, Outcome.Failed failed, Instant now) {
    if (failed.fault() == Fault.UNASKED || isRefusedEnd(action, failed.fault())) {
      return memory.unanswered();
    }
    if (failed.fault() == Fault.LOST) {
      return lost(memory.unanswered(), action, failed, now);
    }
    if (action instanceof Action.Connect && failed.fault() != Fault.STALE) {
      return memory.connected(failed.error(), now);
    }
    if (action instanceof Action.Look) {
      return memory.later(now.plus(SHORTLY));
    }
    if (action instanceof Action.Exec exec
        && exec.hooks().equals(Hooks.PRE_STOP)
        && failed.fault() != Fault.STALE) {
      // It had its chance; the stop does not wait for it again.
      return memory.preStopped(exec.container());
    }
    if (action instanceof Action.SetRestart) {
      // Docker refuses while the process is exiting; the next attempt will succeed.
      return memory.later(now.plus(SHORTLY));
    }
    return switch (failed.fault()) {
      case NO_IMAGE -> noImage(memory, action, failed.error(), now);
      case LOST, UNASKED -> throw new IllegalStateException("handled above: " + failed);
      case STALE -> memory;
      case NAME_TAKEN -> {
        JobMemory counted =
            memory.failed(action.job(), failed.fault(), action.host(), failed.error(), now);
        yield action instanceof Action.Create create
            ? counted.nameTaken(create.record().incarnation())
            : counted;
      }
      case NO_NETWORK -> {
        JobMemory counted =
            memory.failed(action.job(), failed.fault(), action.host(), failed.error(), now);
        yield action instanceof Action.Start start
            ? counted.lacksNetwork(start.container())
            : counted;
      }
      case BUSY -> {
        JobMemory counted =
            memory.failed(action.job(), failed.fault(), action.host(), failed.error(), now);
        yield action instanceof Action.Create ? counted.awaitingContainer() : counted;
      }
      case HOST, DISK, SPEC ->
          memory.failed(action.job(), failed.fault(), action.host(), failed.error(), now);
    };
  }

  /**
   * Whether the host refused to stop or remove a container. This is retried with growing pauses,
   * and does not count as a failure of the job's own container.
   */
  static boolean isRefusedEnd(Action action, Fault fault) {
    return fault != Fault.STALE
        && fault != Fault.LOST
        && (action instanceof Action.Signal || action instanceof Action.Remove);
  }

  /** A call that starts a job and gets no answer is a failure of that job alone. */
  private static JobMemory lost(
      JobMemory memory, Action.OnHost action, Outcome.Failed failed, Instant now) {
    return switch (action) {
      case Action.Create _ ->
          memory
              .failed(action.job(), Fault.LOST, action.host(), failed.error(), now)
              .awaitingContainer();
      case Action.Start _, Action.Pull _, Action.Resolve _ ->
          memory.failed(action.job(), Fault.LOST, action.host(), failed.error(), now);
      case Action.Exec _,
          Action.Connect _,
          Action.Signal _,
          Action.Remove _,
          Action.SetRestart _,
          Action.Look _ ->
          memory;
    };
  }

  /** Pull the image, unless it was just pulled. */
  private static JobMemory noImage(
      JobMemory memory, Action.OnHost action, String error, Instant now) {
    if (action instanceof Action.Create create) {
      String image =
          JobMemory.image(create.record().specHash(), create.service().container().image());
      if (!memory.hasImage(create.host(), image)) {
        return memory.image(create.host(), image, false);
      }
    }
    return memory.failed(action.job(), Fault.HOST, action.host(), error, now);
  }
}
