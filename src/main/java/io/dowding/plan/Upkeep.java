package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerFile;
import io.dowding.model.Hooks;
import io.dowding.model.Networks;
import io.dowding.model.Ownership;
import io.dowding.model.RestartPolicy;
import io.dowding.model.Service;
import io.dowding.plan.JobView.State;
import io.dowding.plan.Running.Located;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps the recorded container of a job running, and removes the others. */
final class Upkeep {

  private static final String STOPPING = "stopping the previous container";

  private final Pass pass;
  private final Situation situation;
  private final Stopping stopping;
  private final Making making;

  Upkeep(Pass pass) {
    this.pass = pass;
    this.situation = pass.situation;
    this.stopping = new Stopping(pass);
    this.making = new Making(pass);
  }

  /**
   * Keeps a job as recorded.
   *
   * @param currentSpec whether the record is of the current definition; if not, its container is
   *     kept but not created again
   * @param note why it is not where it should be, or empty
   */
  JobView keep(Allocation record, Service service, boolean currentSpec, String note) {
    HostState host = situation.host(record.host());
    Located current = pass.running.current(record);
    Container container = current == null ? null : current.owned().container();
    if (host == null || !host.usable()) {
      return unreachable(record, host, container, note);
    }
    Located spare = new Rollout(pass, service).spare(record);
    List<Located> surplus =
        pass.running.surplus(record).stream().filter(located -> !located.equals(spare)).toList();
    String why = "the job is recorded on " + record.host();
    Located serving = container == null ? servesHere(surplus, record) : null;
    if (serving != null) {
      List<Located> others = surplus.stream().filter(located -> !located.equals(serving)).toList();
      String waits =
          stopping.clear(record.job(), others, why)
              ? STOPPING
              : waits(record, service, currentSpec, note);
      if (waits != null) {
        return JobView.of(record, serving.owned().container(), State.REPLACING, waits);
      }
    }
    if (stopping.clear(record.job(), surplus, why)) {
      return JobView.of(record, container, State.REPLACING, STOPPING);
    }
    JobView view =
        container == null
            ? making.create(record, service, currentSpec)
            : container(record, service, container);
    JobView noted = note.isEmpty() || !view.reason().isEmpty() ? view : view.withReason(note);
    return spare == null ? noted : beside(noted);
  }

  /** Why the recorded container may not yet take the place of one that serves, or null. */
  private @Nullable String waits(
      Allocation record, Service service, boolean currentSpec, String note) {
    return currentSpec
        ? making.fetched(record.job(), service, record.host(), "the definition changed")
        : note.isEmpty() ? "the previous container serves" : note;
  }

  /**
   * The newest container of this job that the record passed over while it could not be seen. It
   * serves until the image of the recorded one is there, as in any update.
   */
  private @Nullable Located servesHere(List<Located> surplus, Allocation record) {
    JobMemory memory = situation.memory(record.job());
    return surplus.stream()
        .filter(located -> located.host().host().hostname().equals(record.host()))
        .filter(Rollout::serves)
        .filter(located -> memory.killAt(located.owned().container().id()) == null)
        .max(Comparator.comparingLong(located -> located.owned().incarnation()))
        .orElse(null);
  }

  /** The old container still serves next to it. */
  private static JobView beside(JobView view) {
    String why = "the previous container serves until this one is good";
    return new JobView(
        view.job(),
        view.host(),
        view.container(),
        view.state(),
        view.reason().isEmpty() ? why : view.reason() + "; " + why,
        view.nextTry(),
        view.current(),
        false);
  }

  private JobView unreachable(
      Allocation record, @Nullable HostState host, @Nullable Container container, String note) {
    String problem = host == null ? "is not in the inventory" : String.valueOf(host.unusable());
    String reason = record.host() + ": " + problem + (note.isEmpty() ? "" : "; " + note);
    return JobView.of(record, container, State.UNREACHABLE, reason);
  }

  private JobView container(Allocation record, Service service, Container container) {
    return switch (container.state()) {
      case RUNNING -> running(record, service, container);
      case RESTARTING -> {
        takeOver(record, service.container().restart(), container);
        yield JobView.of(
            record,
            container,
            State.BACKOFF,
            "exited with " + container.exitCode() + "; Docker restarts it");
      }
      case EXITED -> exited(record, service, container);
      case CREATED -> firstStart(record, service, container);
      case PAUSED ->
          JobView.of(
              record,
              container,
              State.PAUSED,
              "paused with docker pause; docker unpause resumes it");
      case REMOVING -> JobView.of(record, container, State.STARTING, "it is being removed");
      case DEAD -> {
        stopping.retire(record.job(), record.host(), container, "Docker reports it as dead");
        yield JobView.of(record, container, State.STARTING, "Docker reports it as dead");
      }
    };
  }

  private JobView running(Allocation record, Service service, Container container) {
    JobMemory memory = situation.memory(record.job());
    Instant since = memory.runningSince();
    if (memory.killAt(container.id()) != null) {
      stopping.stop(record.job(), record.host(), container, "it was asked to stop");
      return JobView.of(
          record, container, State.REPLACING, "stopping it; it is started again then");
    }
    if ("unhealthy".equals(container.health())
        && service.onUnhealthy() != Service.OnUnhealthy.IGNORE) {
      return unhealthy(record, service, container, memory);
    }
    Instant settled = since == null ? null : since.plus(situation.settings().settle());
    String lost = container.missing().isEmpty() ? "" : connect(record, service, container, memory);
    // A container that will be replaced anyway must not be kept busy.
    boolean isPresent = service.specHash().equals(container.labels().get(Ownership.SPEC));
    if (isPresent && memory.awaitsPostStart(container)) {
      return postStart(record, container, memory);
    }
    RestartPolicy restart = service.container().restart();
    Instant stable = since == null ? null : since.plus(restart.window());
    boolean isStable = stable != null && !pass.now().isBefore(stable);
    if (isStable) {
      handBack(record, service, container);
    } else {
      takeOver(record, restart, container);
      if (memory.failures() > 0 || isTakenOver(service, container)) {
        pass.wakeAt(stable);
      }
    }
    pass.wakeAt(settled);
    boolean up =
        settled != null && !pass.now().isBefore(settled) && !"starting".equals(container.health());
    return new JobView(
        record.job(),
        record.host(),
        container,
        up ? State.RUNNING : State.STARTING,
        lost,
        lost.isEmpty() ? null : memory.connectFrom(),
        true,
        up);
  }

  /** Reconnects a running container that was disconnected from its networks. */
  private String connect(
      Allocation record, Service service, Container container, JobMemory memory) {
    String lost = "was disconnected from " + String.join(", ", container.missing().keySet());
    Instant from = memory.connectFrom();
    if (from == null || !pass.now().isBefore(from)) {
      pass.call(
          new Action.Connect(
              situation.cluster(),
              record.host(),
              record.job(),
              container.id(),
              container.missing(),
              Networks.options(service.container()),
              lost));
    } else {
      pass.wakeAt(from);
    }
    String error = memory.connectError();
    return lost + "; reconnecting it" + (error.isEmpty() ? "" : "; the last try failed: " + error);
  }

  /** A job does not count as up until its post_start commands have run. */
  private JobView postStart(Allocation record, Container container, JobMemory memory) {
    if (!pass.mayTry(memory)) {
      return JobView.backoff(record, container, memory);
    }
    pass.call(
        new Action.Exec(
            record.host(),
            record.job(),
            container.id(),
            Hooks.POST_START,
            null,
            Settings.POST_START,
            "it was started"));
    return JobView.of(record, container, State.STARTING, "running post_start");
  }

  private JobView unhealthy(
      Allocation record, Service service, Container container, JobMemory memory) {
    if (pass.mayTry(memory)) {
      stopping.whileUnhealthy(record.job(), record.host(), container);
    }
    boolean replaced = service.onUnhealthy() == Service.OnUnhealthy.REPLACE;
    return new JobView(
        record.job(),
        record.host(),
        container,
        State.UNHEALTHY,
        replaced ? "unhealthy; replacing it" : "unhealthy; restarting it",
        memory.nextTry(),
        true,
        false);
  }

  /** Takes a crash loop over from Docker, which forgets its back-off and does not report it. */
  private void takeOver(Allocation record, RestartPolicy policy, Container container) {
    int left = policy.delay().isZero() ? Settings.CRASHES_LEFT_TO_DOCKER : 1;
    if (container.restartCount() >= left
        && container.restart() != RestartPolicy.Kind.NO
        && isDue(record.job())) {
      pass.call(
          new Action.SetRestart(
              record.host(),
              record.job(),
              container.id(),
              new RestartPolicy(RestartPolicy.Kind.NO, 0),
              "crashed " + container.restartCount() + " times; dowding restarts it from now on"));
    }
  }

  private boolean isDue(String job) {
    return pass.mayTry(situation.memory(job));
  }

  private void handBack(Allocation record, Service service, Container container) {
    RestartPolicy wanted = service.container().restart().ofDocker();
    if (isTakenOver(service, container) && isDue(record.job())) {
      pass.call(
          new Action.SetRestart(
              record.host(), record.job(), container.id(), wanted, "ran long enough"));
    }
  }

  private static boolean isTakenOver(Service service, Container container) {
    return container.restart() == RestartPolicy.Kind.NO
        && service.container().restart().ofDocker().kind() != RestartPolicy.Kind.NO;
  }

  private JobView exited(Allocation record, Service service, Container container) {
    JobMemory memory = situation.memory(record.job());
    if ("unhealthy".equals(container.health())
        && service.onUnhealthy() == Service.OnUnhealthy.REPLACE) {
      stopping.retire(record.job(), record.host(), container, "unhealthy");
      return JobView.of(record, container, State.REPLACING, "was unhealthy; replacing it");
    }
    int restarts = Math.max(container.restartCount(), memory.failures() - 1);
    if (service.container().restart().isDone(container.exitCode(), restarts)) {
      String code =
          container.exitCode() == 0
              ? ""
              : "exited with " + container.exitCode() + "; not restarted";
      return JobView.of(record, container, State.COMPLETED, code);
    }
    return startWhenDue(record, container, List.of(), memory.lastError());
  }

  /**
   * Starts a container with everything it needs; starts over if an earlier attempt did not finish.
   */
  private JobView firstStart(Allocation record, Service service, Container container) {
    boolean wantsFiles = !container.labels().getOrDefault(Ownership.FILES, "").isEmpty();
    if (wantsFiles && !service.specHash().equals(container.labels().get(Ownership.SPEC))) {
      // Its files are no longer known; replace it with one of the current definition.
      stopping.retire(record.job(), record.host(), container, "created for an earlier definition");
      return JobView.of(
          record, container, State.STARTING, "its definition changed before it was started");
    }
    return startWhenDue(record, container, service.container().files(), "created, not started yet");
  }

  private JobView startWhenDue(
      Allocation record, Container container, List<ContainerFile> files, String why) {
    JobMemory memory = situation.memory(record.job());
    if (memory.isWithoutNetwork(container.id())) {
      // It would look for that network id forever; a new container finds a network by name.
      stopping.retire(record.job(), record.host(), container, memory.lastError());
      return JobView.of(record, container, State.STARTING, "recreated: " + memory.lastError());
    }
    if (!pass.mayTry(memory)) {
      return JobView.backoff(record, container, memory);
    }
    pass.call(
        new Action.Start(
            record.host(), record.job(), container.id(), container.missing(), files, why));
    String progress = situation.progress().getOrDefault(record.job(), "");
    return JobView.of(
        record,
        container,
        State.STARTING,
        progress.isEmpty() && memory.failures() > 1 ? why : progress);
  }
}
