package io.dowding.plan;

import io.dowding.model.Container;
import io.dowding.model.Hooks;
import io.dowding.model.Reach;
import io.dowding.plan.Running.Located;
import java.time.Instant;
import java.util.List;

/** Stops containers: pre_stop commands, a signal, a kill, and removal. */
final class Stopping {

  private final Pass pass;
  private final Situation situation;

  Stopping(Pass pass) {
    this.pass = pass;
    this.situation = pass.situation;
  }

  /**
   * Stops and removes containers.
   *
   * @return whether any is left that must go before another may start. A container on a host that
   *     is down does not count: the record decides when the host returns
   */
  boolean clear(String job, List<Located> containers, String why) {
    boolean left = false;
    for (Located located : containers) {
      HostState host = located.host();
      if (host.usable()) {
        left = true;
        retire(job, host.host().hostname(), located.owned().container(), why);
      } else if (host.reach() == Reach.UP) {
        left = true;
      }
    }
    return left;
  }

  /** Takes the next step towards removing it. */
  void retire(String job, String host, Container container, String why) {
    switch (container.state()) {
      case RUNNING, PAUSED, RESTARTING -> stop(job, host, container, why);
      case CREATED, EXITED, DEAD ->
          pass.call(new Action.Remove(host, job, container.id(), situation.basis(job), why));
      case REMOVING -> {}
    }
  }

  /** Stops a container with short calls: a signal, a wait here, a kill. */
  void stop(String job, String host, Container container, String why) {
    stop(job, host, container, situation.basis(job), why);
  }

  /** Stops a container if it is still unhealthy when inspected again. */
  void whileUnhealthy(String job, String host, Container container) {
    Action.Basis basis = situation.basis(job).onlyIf(Action.Basis.Condition.UNHEALTHY);
    stop(job, host, container, basis, "unhealthy");
  }

  private void stop(String job, String host, Container container, Action.Basis basis, String why) {
    String id = container.id();
    JobMemory memory = situation.memory(job);
    Instant killAt = memory.killAt(id);
    boolean hasLastWord = Hooks.are(container.labels(), Hooks.PRE_STOP) && !memory.isPreStopped(id);
    boolean runs = container.state() == Container.State.RUNNING;
    if (killAt == null && hasLastWord && runs) {
      pass.call(new Action.Exec(host, job, id, Hooks.PRE_STOP, basis, container.stopGrace(), why));
    } else if (killAt == null) {
      Action.Basis still = hasLastWord ? basis.onlyIf(Action.Basis.Condition.NOT_RUNNING) : basis;
      pass.call(new Action.Signal(host, job, id, container.stopSignal(), still, why));
    } else if (pass.now().isBefore(killAt)) {
      pass.wakeAt(killAt);
    } else {
      pass.call(
          new Action.Signal(
              host, job, id, Action.Signal.KILL, basis, why + "; its grace period is over"));
    }
  }
}
