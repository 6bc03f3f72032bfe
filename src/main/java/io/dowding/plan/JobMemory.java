package io.dowding.plan;

import io.dowding.model.Container;
import io.dowding.model.Hooks;
import io.dowding.model.RestartPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a job beyond etcd and Docker: failures and the pauses they cause.
 * Immutable; every change returns a new one.
 */
public final class JobMemory {

  public static final JobMemory NONE =
      new JobMemory(
          FailureCount.NONE,
          Runs.NONE,
          Ending.NONE,
          HostFaults.NONE,
          Reconnects.NONE,
          CallFindings.NONE,
          0);

  /** The longest pause before a retry, unless the service asks for a longer one. */
  public static final Duration LONGEST_PAUSE =
      Settings.BACKOFF_MOST.plus(Settings.BACKOFF_MOST.dividedBy(10));

  /** More failures than this would not make a pause longer. */
  private static final int MOST_RECALLED = 1_000_000;

  private final FailureCount failures;
  private final Runs runs;
  private final Ending ending;
  private final HostFaults hostFaults;
  private final Reconnects reconnects;
  private final CallFindings findings;

  /** Calls in a row that got no answer or were not made. */
  private final int unanswered;

  private JobMemory(
      FailureCount failures,
      Runs runs,
      Ending ending,
      HostFaults hostFaults,
      Reconnects reconnects,
      CallFindings findings,
      int unanswered) {
    this.failures = failures;
    this.runs = runs;
    this.ending = ending;
    this.hostFaults = hostFaults;
    this.reconnects = reconnects;
    this.findings = findings;
    this.unanswered = unanswered;
  }

  private JobMemory with(FailureCount now) {
    return now.equals(failures)
        ? this
        : new JobMemory(now, runs, ending, hostFaults, reconnects, findings, unanswered);
  }

  private JobMemory with(Runs now) {
    return now.equals(runs)
        ? this
        : new JobMemory(failures, now, ending, hostFaults, reconnects, findings, unanswered);
  }

  private JobMemory with(Ending now) {
    return new JobMemory(failures, runs, now, hostFaults, reconnects, findings, unanswered);
  }

  private JobMemory with(HostFaults now) {
    return new JobMemory(failures, runs, ending, now, reconnects, findings, unanswered);
  }

  private JobMemory with(Reconnects now) {
    return new JobMemory(failures, runs, ending, hostFaults, now, findings, unanswered);
  }

  private JobMemory with(CallFindings now) {
    return new JobMemory(failures, runs, ending, hostFaults, reconnects, now, unanswered);
  }

  private JobMemory with(int nowUnanswered) {
    return new JobMemory(failures, runs, ending, hostFaults, reconnects, findings, nowUnanswered);
  }

  /**
   * Restores what an earlier agent left in the status, which anyone may have overwritten.
   *
   * @param latest the upper bound for the next try
   */
  public static JobMemory recalled(
      int failures,
      @Nullable Instant nextTry,
      String error,
      String countedExit,
      long completed,
      String postStarted,
      Instant latest) {
    int count = Math.clamp(failures, 0, MOST_RECALLED);
    Instant next = nextTry == null ? null : FailureCount.earlier(nextTry, latest);
    return NONE.with(FailureCount.recalled(count, next, error))
        .with(Runs.recalled(countedExit, completed, postStarted));
  }

  /** Failures in a row, with no run as long as the restart policy's window in between. */
  public int failures() {
    return failures.count();
  }

  /** When the job may be tried again; null for immediately. */
  public @Nullable Instant nextTry() {
    return failures.nextTry();
  }

  public boolean mayTryAt(Instant now) {
    Instant next = failures.nextTry();
    return next == null || !now.isBefore(next);
  }

  /** The last error, or empty. */
  public String lastError() {
    return failures.lastError();
  }

  /** The host of the last failure, while it still delays the job; or null. */
  public @Nullable String troubleOn() {
    FailureCount.Trouble trouble = failures.trouble();
    return trouble == null ? null : trouble.host();
  }

  /** The last exit that was counted, so that no agent counts it twice; or empty. */
  public String countedExit() {
    return runs.countedExit();
  }

  /** The incarnation that ended successfully and stays ended, or 0. */
  public long completed() {
    return runs.completed();
  }

  /** Since when the present run has been seen, by this agent's clock; null while not running. */
  public @Nullable Instant runningSince() {
    return runs.runningSince();
  }

  /** Since when it has been running and not unhealthy, by this agent's clock; null otherwise. */
  public @Nullable Instant wellSince() {
    return runs.wellSince();
  }

  /** Failures in a row that were exits, as far as this agent has seen. */
  public int exits() {
    return runs.exits();
  }

  /** Whether this incarnation has been good once, as far as this agent has seen. */
  public boolean isProven(long incarnation) {
    return runs.proven() == incarnation;
  }

  /** Marks an incarnation as good: it was well for its monitor period. */
  public JobMemory proven(long incarnation) {
    return isProven(incarnation) ? this : with(runs.proven(incarnation));
  }

  /** Whether the post_start commands of this run still have to run. */
  public boolean awaitsPostStart(Container container) {
    return Hooks.are(container.labels(), Hooks.POST_START)
        && !postStarted().equals(runOf(container));
  }

  /** The run whose post_start commands were run, so that no agent runs them twice; or empty. */
  public String postStarted() {
    return runs.postStarted();
  }

  /** Marks the post_start commands of this run as run. */
  public JobMemory postStarted(Container container) {
    return with(runs.postStarted(runOf(container)));
  }

  private static String runOf(Container container) {
    return container.id() + "@" + container.startedAt();
  }

  /** When to kill a container that was told to stop; null if it was not. */
  public @Nullable Instant killAt(String container) {
    return ending.killAt().get(container);
  }

  /** A stop signal was sent. A second one does not postpone the kill. */
  public JobMemory stopping(String container, Instant killAt) {
    return killAt(container) == null ? killed(container, killAt) : this;
  }

  /** It was killed; the next kill is due only if it still exists then. */
  public JobMemory killed(String container, Instant again) {
    return with(ending.killAt(container, again));
  }

  /** Whether the pre_stop commands have had their chance. */
  public boolean isPreStopped(String container) {
    return ending.preStopped().equals(container);
  }

  public JobMemory preStopped(String container) {
    return with(ending.preStopped(container));
  }

  /** The key of an image. Includes the spec hash, because a tag may differ between definitions. */
  public static String image(String specHash, String name) {
    return specHash + " " + name;
  }

  /** Whether the image was found or pulled there. */
  public boolean hasImage(String host, String of) {
    return new CallFindings.Image(host, of, true).equals(findings.image());
  }

  /** Whether the host reported that it does not have the image. */
  public boolean lacksImage(String host, String of) {
    return new CallFindings.Image(host, of, false).equals(findings.image());
  }

  public JobMemory image(String host, String of, boolean present) {
    return with(findings.image(new CallFindings.Image(host, of, present)));
  }

  /** Whether a network is gone that this container was created for. */
  public boolean isWithoutNetwork(String container) {
    return findings.networkless().equals(container);
  }

  public JobMemory lacksNetwork(String container) {
    return with(findings.networkless(container));
  }

  public boolean isNameTaken(long incarnation) {
    return findings.takenName() != 0 && findings.takenName() == incarnation;
  }

  /** The name of this incarnation is used by another container. */
  public JobMemory nameTaken(long incarnation) {
    return with(findings.takenName(incarnation));
  }

  /** The hosts to avoid now, each with the reason. */
  public Map<String, String> avoidedAt(Instant now) {
    return hostFaults.avoidedAt(now);
  }

  /** When the next of those hosts may be tried again; null if there is none. */
  @Nullable Instant avoidsUntil(Instant now) {
    return hostFaults.avoidsUntil(now);
  }

  /** When it may be reconnected to its networks; null for immediately. */
  @Nullable Instant connectFrom() {
    return reconnects.from();
  }

  /** Why the last reconnect failed, or empty. */
  String connectError() {
    return reconnects.error();
  }

  /**
   * It was reconnected to networks, or that failed.
   *
   * @param error why it failed, or empty
   */
  public JobMemory connected(String error, Instant now) {
    return with(reconnects.next(error, now));
  }

  /**
   * A call failed. The pause grows each time; after several failures on a host, another one is
   * used.
   */
  public JobMemory failed(String job, Fault fault, String host, String error, Instant now) {
    JobMemory counted = with(failures.called(job, fault, host, error, now));
    boolean isOfHost = fault == Fault.HOST || fault == Fault.DISK || fault == Fault.LOST;
    return isOfHost ? counted.with(hostFaults.blame(host, error, now)) : counted;
  }

  /** The create may still be in progress although it got no answer. */
  public JobMemory awaitingContainer() {
    return with(failures.awaitingContainer());
  }

  /** A minor call failed: not a failure of the job, but not to be repeated immediately. */
  public JobMemory later(Instant next) {
    return with(failures.until(next));
  }

  /** Another job was started there, so the disk has space again. */
  public JobMemory roomOn(String host) {
    return with(failures.without(Set.of(Fault.DISK), host));
  }

  /** The host answers again, so calls that got no answer may be retried now. */
  public JobMemory answeredBy(String host) {
    return with(failures.without(Set.of(Fault.LOST), host));
  }

  /** One more call in a row got no answer or was not made. */
  public JobMemory unanswered() {
    return with(unanswered + 1);
  }

  /** A call got an answer, whatever it was. */
  public JobMemory answered() {
    return unanswered == 0 ? this : with(0);
  }

  /** How long to make no calls for this job after such calls. */
  public Duration rest() {
    return Collections.min(List.of(Backoff.after(unanswered), Settings.UNANSWERED_MOST));
  }

  /** It ran for its policy's window: failures are forgotten. */
  public JobMemory stable() {
    return with(failures.stable()).with(runs.withoutExits()).with(hostFaults.withoutCounts());
  }

  /** A new definition or host: forgets earlier failures, but not hosts to avoid. */
  public JobMemory afresh() {
    return with(FailureCount.NONE).with(runs.afresh()).with(hostFaults.withoutCounts());
  }

  /**
   * Applies what was seen of the job's recorded container: counts each exit once, and times runs.
   *
   * @param restart the restart policy of its service
   */
  public JobMemory saw(
      String job, long incarnation, Container container, RestartPolicy restart, Instant now) {
    return switch (container.state()) {
      case RUNNING, PAUSED -> sawRun(container, now);
      case EXITED, DEAD -> sawExit(job, incarnation, container, restart, now);
      case CREATED ->
          (failures.awaitsContainer() ? with(failures.withoutUnanswered()) : this)
              .with(runs.well(false, now));
      case RESTARTING, REMOVING -> with(runs.well(false, now));
    };
  }

  private JobMemory sawRun(Container container, Instant now) {
    String run = runOf(container);
    boolean well =
        container.state() == Container.State.RUNNING
            && (container.health() == null || container.health().equals("healthy"))
            && !awaitsPostStart(container);
    if (run.equals(runs.current())) {
      return with(runs.well(well, now));
    }
    JobMemory done = failures.isTrouble(Fault.LOST) ? with(failures.withoutUnanswered()) : this;
    return done.with(runs.began(run, well, now)).with(findings.image(null)).with(Ending.NONE);
  }

  private JobMemory sawExit(
      String job, long incarnation, Container container, RestartPolicy restart, Instant now) {
    String exit = container.id() + "@" + container.finishedAt();
    if (exit.equals(runs.countedExit())) {
      return this;
    }
    int restarts = Math.max(container.restartCount(), failures.count());
    boolean done = restart.isDone(container.exitCode(), restarts);
    boolean stable = container.lastRun().compareTo(restart.window()) >= 0;
    // The first exit is restarted immediately; only repeated exits wait.
    int before = stable ? 0 : restarts;
    FailureCount counted =
        failures
            .counted(job, before + 1, before, cause(container), now)
            .notBefore(now.plus(restart.delay()));
    return with(counted)
        .with(runs.exited(exit, stable ? 1 : runs.exits() + 1, done ? incarnation : 0));
  }

  private String cause(Container container) {
    if (killAt(container.id()) != null && "unhealthy".equals(container.health())) {
      return "was unhealthy; dowding restarted it";
    }
    return container.error().isEmpty()
        ? "exited with " + container.exitCode() + (container.oomKilled() ? " (out of memory)" : "")
        : container.error();
  }
}
