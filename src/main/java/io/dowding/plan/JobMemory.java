package io.dowding.plan;

import io.dowding.model.Container;
import io.dowding.model.Hooks;
import io.dowding.model.RestartPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a job beyond etcd and Docker: failures and the pauses they cause.
 * Immutable; every change returns a new one.
 */
public final class JobMemory {

  public static final JobMemory NONE = new JobMemory();

  private int failures;
  private @Nullable Instant nextTry;
  private String lastError = "";
  private String countedExit = "";
  private long completed;
  private String run = "";
  private @Nullable Instant runningSince;
  private @Nullable Instant wellSince;
  private int exits;
  private long proven;
  private Map<String, Instant> stopping = Map.of();
  private @Nullable Image image;
  private long takenName;
  private String postStarted = "";
  private String preStopped = "";
  private String networkless = "";
  private Map<String, Integer> hostFaults = Map.of();
  private Map<String, Avoided> avoided = Map.of();
  private @Nullable Trouble trouble;
  private boolean awaitsContainer;
  private int unanswered;
  private int connects;
  private @Nullable Instant connectFrom;
  private String connectError = "";

  /** The kind and host of the last failure, while it still delays the job. */
  private record Trouble(Fault fault, String host) {}

  /** Whether the image of a definition is on a host. */
  private record Image(String host, String of, boolean present) {}

  private record Avoided(Instant until, String why) {}

  private JobMemory() {}

  /** The longest pause before a retry, unless the service asks for a longer one. */
  public static final Duration LONGEST_PAUSE =
      Settings.BACKOFF_MOST.plus(Settings.BACKOFF_MOST.dividedBy(10));

  /** More failures than this would not make a pause longer. */
  private static final int MOST_RECALLED = 1_000_000;

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
    return NONE.with(
        m -> {
          m.failures = Math.clamp(failures, 0, MOST_RECALLED);
          m.nextTry = nextTry == null ? null : earlier(nextTry, latest);
          m.lastError = error;
          m.countedExit = countedExit;
          m.completed = completed;
          m.postStarted = postStarted;
        });
  }

  /** Failures in a row, with no run as long as the restart policy's window in between. */
  public int failures() {
    return failures;
  }

  /** When the job may be tried again; null for immediately. */
  public @Nullable Instant nextTry() {
    return nextTry;
  }

  public boolean mayTryAt(Instant now) {
    return nextTry == null || !now.isBefore(nextTry);
  }

  /** The last error, or empty. */
  public String lastError() {
    return lastError;
  }

  /** The last exit that was counted, so that no agent counts it twice; or empty. */
  public String countedExit() {
    return countedExit;
  }

  /** The incarnation that ended successfully and stays ended, or 0. */
  public long completed() {
    return completed;
  }

  /** Since when the present run has been seen, by this agent's clock; null while not running. */
  public @Nullable Instant runningSince() {
    return runningSince;
  }

  /** Since when it has been running and not unhealthy, by this agent's clock; null otherwise. */
  public @Nullable Instant wellSince() {
    return wellSince;
  }

  /** Failures in a row that were exits, as far as this agent has seen. */
  public int exits() {
    return exits;
  }

  /** Whether this incarnation has been good once, as far as this agent has seen. */
  public boolean isProven(long incarnation) {
    return proven == incarnation;
  }

  /** Marks an incarnation as good: it was well for its monitor period. */
  public JobMemory proven(long incarnation) {
    return proven == incarnation ? this : with(m -> m.proven = incarnation);
  }

  /** When to kill a container that was told to stop; null if it was not. */
  public @Nullable Instant killAt(String container) {
    return stopping.get(container);
  }

  /** The key of an image. Includes the spec hash, because a tag may differ between definitions. */
  public static String image(String specHash, String name) {
    return specHash + " " + name;
  }

  /** Whether the image was found or pulled there. */
  public boolean hasImage(String host, String of) {
    return new Image(host, of, true).equals(image);
  }

  /** Whether the host reported that it does not have the image. */
  public boolean lacksImage(String host, String of) {
    return new Image(host, of, false).equals(image);
  }

  /** Whether the post_start commands of this run still have to run. */
  public boolean awaitsPostStart(Container container) {
    return Hooks.are(container.labels(), Hooks.POST_START) && !postStarted.equals(runOf(container));
  }

  /** The run whose post_start commands were run, so that no agent runs them twice; or empty. */
  public String postStarted() {
    return postStarted;
  }

  /** Marks the post_start commands of this run as run. */
  public JobMemory postStarted(Container container) {
    return with(m -> m.postStarted = runOf(container));
  }

  /** Whether the pre_stop commands have had their chance. */
  public boolean isPreStopped(String container) {
    return preStopped.equals(container);
  }

  public JobMemory preStopped(String container) {
    return with(m -> m.preStopped = container);
  }

  /** Whether a network is gone that this container was created for. */
  public boolean isWithoutNetwork(String container) {
    return networkless.equals(container);
  }

  public JobMemory lacksNetwork(String container) {
    return with(m -> m.networkless = container);
  }

  private static String runOf(Container container) {
    return container.id() + "@" + container.startedAt();
  }

  public boolean isNameTaken(long incarnation) {
    return takenName != 0 && takenName == incarnation;
  }

  /** The hosts to avoid now, each with the reason. */
  public Map<String, String> avoidedAt(Instant now) {
    if (avoided.isEmpty()) {
      return Map.of();
    }
    Map<String, String> hosts = new TreeMap<>();
    avoided.forEach(
        (host, avoid) -> {
          if (now.isBefore(avoid.until())) {
            hosts.put(host, "failed there: " + avoid.why());
          }
        });
    return hosts;
  }

  /** When the next of those hosts may be tried again; null if there is none. */
  @Nullable Instant avoidsUntil(Instant now) {
    if (avoided.isEmpty()) {
      return null;
    }
    return avoided.values().stream()
        .map(Avoided::until)
        .filter(now::isBefore)
        .min(Instant::compareTo)
        .orElse(null);
  }

  /** The host of the last failure, while it still delays the job; or null. */
  public @Nullable String troubleOn() {
    return trouble == null ? null : trouble.host();
  }

  /**
   * A call failed. The pause grows each time; after several failures on a host, another one is
   * used.
   */
  public JobMemory failed(String job, Fault fault, String host, String error, Instant now) {
    return with(
        m -> {
          m.count(job, failures + 1, failures + 1, error, now);
          m.trouble = new Trouble(fault, host);
          if (fault == Fault.DISK) {
            // Space may come back at any time, and checking is cheap.
            m.nextTry = earlier(m.nextTry, now.plus(Settings.DISK_AGAIN));
          }
          if (fault == Fault.HOST || fault == Fault.DISK || fault == Fault.LOST) {
            m.blame(host, error, now);
          }
        });
  }

  /** The create may still be in progress although it got no answer. */
  public JobMemory awaitingContainer() {
    return with(m -> m.awaitsContainer = true);
  }

  /** One more call in a row got no answer or was not made. */
  public JobMemory unanswered() {
    return with(m -> m.unanswered++);
  }

  /** How long to make no calls for this job after such calls. */
  public Duration rest() {
    Duration rest = backoff(unanswered);
    return rest.compareTo(Settings.UNANSWERED_MOST) > 0 ? Settings.UNANSWERED_MOST : rest;
  }

  /** Another job was started there, so the disk has space again. */
  public JobMemory roomOn(String host) {
    return without(Set.of(Fault.DISK), host);
  }

  /** The host answers again, so calls that got no answer may be retried now. */
  public JobMemory answeredBy(String host) {
    return without(Set.of(Fault.LOST), host);
  }

  /** A call got an answer, whatever it was. */
  public JobMemory answered() {
    return unanswered == 0 ? this : with(m -> m.unanswered = 0);
  }

  /** When it may be reconnected to its networks; null for immediately. */
  @Nullable Instant connectFrom() {
    return connectFrom;
  }

  /** Why the last reconnect failed, or empty. */
  String connectError() {
    return connectError;
  }

  /**
   * It was reconnected to networks, or that failed. Each pause is longer, so that dowding does not
   * fight a person who disconnects it repeatedly.
   *
   * @param error why it failed, or empty
   */
  public JobMemory connected(String error, Instant now) {
    boolean longAgo =
        connectFrom != null && now.isAfter(connectFrom.plus(Settings.CONNECTS_FORGIVEN));
    return with(
        m -> {
          m.connects = longAgo ? 1 : connects + 1;
          m.connectFrom = now.plus(backoff(m.connects));
          m.connectError = error;
        });
  }

  private JobMemory without(Set<Fault> faults, String host) {
    return trouble == null || !trouble.host().equals(host) || !faults.contains(trouble.fault())
        ? this
        : with(
            m -> {
              m.trouble = null;
              m.nextTry = null;
            });
  }

  /** The unanswered call was carried out after all. */
  private void wasDone() {
    failures = Math.max(0, failures - 1);
    lastError = failures == 0 ? "" : lastError;
    nextTry = null;
    trouble = null;
    awaitsContainer = false;
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
      case CREATED -> (awaitsContainer ? with(JobMemory::wasDone) : this).unwell();
      case RESTARTING, REMOVING -> unwell();
    };
  }

  private JobMemory unwell() {
    return wellSince == null ? this : with(m -> m.wellSince = null);
  }

  private JobMemory sawRun(Container container, Instant now) {
    String key = runOf(container);
    boolean well =
        container.state() == Container.State.RUNNING
            && (container.health() == null || container.health().equals("healthy"))
            && !awaitsPostStart(container);
    if (key.equals(run)) {
      boolean same = well == (wellSince != null);
      return same ? this : with(m -> m.wellSince = well ? now : null);
    }
    return with(
        m -> {
          if (trouble != null && trouble.fault() == Fault.LOST) {
            m.wasDone();
          }
          m.run = key;
          m.wellSince = well ? now : null;
          m.runningSince = now;
          m.completed = 0;
          m.image = null;
          m.stopping = Map.of();
          m.preStopped = "";
        });
  }

  private JobMemory sawExit(
      String job, long incarnation, Container container, RestartPolicy restart, Instant now) {
    String key = container.id() + "@" + container.finishedAt();
    if (key.equals(countedExit)) {
      return this;
    }
    boolean done =
        restart.isDone(container.exitCode(), Math.max(container.restartCount(), failures));
    boolean stable = container.lastRun().compareTo(restart.window()) >= 0;
    int before = stable ? 0 : Math.max(failures, container.restartCount());
    String error =
        container.error().isEmpty()
            ? "exited with "
                + container.exitCode()
                + (container.oomKilled() ? " (out of memory)" : "")
            : container.error();
    boolean stopped = killAt(container.id()) != null && "unhealthy".equals(container.health());
    String cause = stopped ? "was unhealthy; dowding restarted it" : error;
    return with(
        m -> {
          // The first exit is restarted immediately; only repeated exits wait.
          m.count(job, before + 1, before, cause, now);
          m.nextTry = later(m.nextTry, now.plus(restart.delay()));
          m.countedExit = key;
          m.exits = stable ? 1 : exits + 1;
          m.completed = done ? incarnation : 0;
          m.run = "";
          m.runningSince = null;
          m.wellSince = null;
        });
  }

  private static Instant earlier(@Nullable Instant a, Instant b) {
    return a != null && a.isBefore(b) ? a : b;
  }

  private static Instant later(@Nullable Instant a, Instant b) {
    return a != null && a.isAfter(b) ? a : b;
  }

  /** It ran for its policy's window: failures are forgotten. */
  public JobMemory stable() {
    return with(
        m -> {
          m.failures = 0;
          m.exits = 0;
          m.nextTry = null;
          m.lastError = "";
          m.hostFaults = Map.of();
        });
  }

  /** A stop signal was sent. A second one does not postpone the kill. */
  public JobMemory stopping(String container, Instant killAt) {
    return stopping.containsKey(container) ? this : killed(container, killAt);
  }

  /** It was killed; the next kill is due only if it still exists then. */
  public JobMemory killed(String container, Instant again) {
    Map<String, Instant> all = new TreeMap<>(stopping);
    all.put(container, again);
    return with(m -> m.stopping = all);
  }

  public JobMemory image(String host, String of, boolean present) {
    return with(m -> m.image = new Image(host, of, present));
  }

  /** A minor call failed: not a failure of the job, but not to be repeated immediately. */
  public JobMemory later(Instant next) {
    return with(m -> m.nextTry = next);
  }

  /** The name of this incarnation is used by another container. */
  public JobMemory nameTaken(long incarnation) {
    return with(m -> m.takenName = incarnation);
  }

  /** A new definition or host: forgets earlier failures, but not hosts to avoid. */
  public JobMemory afresh() {
    return with(
        m -> {
          m.failures = 0;
          m.exits = 0;
          m.nextTry = null;
          m.lastError = "";
          m.completed = 0;
          m.trouble = null;
          m.awaitsContainer = false;
          m.hostFaults = Map.of();
        });
  }

  /** The pause after this many failures in a row: none, then 1 s, doubling up to 5 min. */
  static Duration backoff(int failures) {
    if (failures == 0) {
      return Duration.ZERO;
    }
    Duration pause = Settings.BACKOFF_FIRST.multipliedBy(1L << Math.min(failures - 1, 20));
    return pause.compareTo(Settings.BACKOFF_MOST) > 0 ? Settings.BACKOFF_MOST : pause;
  }

  /** Adds up to 10 %, by a hash of job and attempt, so that crashing jobs do not retry in step. */
  private static Duration jitter(String job, int failures) {
    long tenth = backoff(failures).toMillis() / 10;
    return tenth == 0
        ? Duration.ZERO
        : Duration.ofMillis(Math.floorMod((job + failures).hashCode(), tenth));
  }

  private void count(String job, int count, int pause, String error, Instant now) {
    failures = count;
    trouble = null;
    nextTry = now.plus(backoff(pause)).plus(jitter(job, pause));
    lastError = error;
  }

  private void blame(String host, String error, Instant now) {
    Map<String, Integer> faults = new TreeMap<>(hostFaults);
    if (faults.merge(host, 1, Integer::sum) >= Settings.TRIES_ON_ONE_HOST) {
      faults.remove(host);
      Map<String, Avoided> hosts = new TreeMap<>(avoided);
      hosts.put(host, new Avoided(now.plus(Settings.AVOID), error));
      avoided = hosts;
    }
    hostFaults = faults;
  }

  private JobMemory with(Consumer<JobMemory> change) {
    JobMemory copy = new JobMemory();
    copy.failures = failures;
    copy.nextTry = nextTry;
    copy.lastError = lastError;
    copy.countedExit = countedExit;
    copy.completed = completed;
    copy.run = run;
    copy.runningSince = runningSince;
    copy.wellSince = wellSince;
    copy.exits = exits;
    copy.proven = proven;
    copy.stopping = stopping;
    copy.image = image;
    copy.takenName = takenName;
    copy.postStarted = postStarted;
    copy.preStopped = preStopped;
    copy.networkless = networkless;
    copy.hostFaults = hostFaults;
    copy.avoided = avoided;
    copy.trouble = trouble;
    copy.awaitsContainer = awaitsContainer;
    copy.unanswered = unanswered;
    copy.connects = connects;
    copy.connectFrom = connectFrom;
    copy.connectError = connectError;
    change.accept(copy);
    return copy;
  }
}
