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
 * What is remembered of a job beyond what etcd and Docker say: failures, and the patience they
 * cost. Immutable; every method that learns something returns a new one.
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

  /** The last failure's kind and place, while it still delays the job. */
  private record Trouble(Fault fault, String host) {}

  /** Whether an image of a definition is on this host. */
  private record Image(String host, String of, boolean present) {}

  private record Avoided(Instant until, String why) {}

  private JobMemory() {}

  /** The longest that a job waits for its next try, unless its service asks for more. */
  public static final Duration LONGEST_PAUSE =
      Settings.BACKOFF_MOST.plus(Settings.BACKOFF_MOST.dividedBy(10));

  /** More failures than this make no pause longer. */
  private static final int MOST_RECALLED = 1_000_000;

  /**
   * As an earlier agent left it in the status, which anybody may have written over.
   *
   * @param latest when the next try is at the latest
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

  /** Failures in a row, without a run of its policy's window between them. */
  public int failures() {
    return failures;
  }

  /** Not before; null for at once. */
  public @Nullable Instant nextTry() {
    return nextTry;
  }

  public boolean mayTryAt(Instant now) {
    return nextTry == null || !now.isBefore(nextTry);
  }

  /** What went wrong last, or empty. */
  public String lastError() {
    return lastError;
  }

  /** The last exit that was counted, so that no agent counts it twice; or empty. */
  public String countedExit() {
    return countedExit;
  }

  /** The incarnation that ended as it may, or 0. */
  public long completed() {
    return completed;
  }

  /** Since when the present run has been seen, by our own clock; null while it does not run. */
  public @Nullable Instant runningSince() {
    return runningSince;
  }

  /** Since when it has run, and not been unhealthy, by our own clock; null while it is not so. */
  public @Nullable Instant wellSince() {
    return wellSince;
  }

  /** Failures in a row that were exits, as far as this agent has seen them. */
  public int exits() {
    return exits;
  }

  /** Whether this incarnation has been good once, as far as this agent has seen it. */
  public boolean isProven(long incarnation) {
    return proven == incarnation;
  }

  /** This incarnation was well for as long as its service asks. */
  public JobMemory proven(long incarnation) {
    return proven == incarnation ? this : with(m -> m.proven = incarnation);
  }

  /** When the patience with a container ends that was asked to stop; null if it was not. */
  public @Nullable Instant killAt(String container) {
    return stopping.get(container);
  }

  /** What is remembered of an image: a tag may mean another one to another definition. */
  public static String image(String specHash, String name) {
    return specHash + " " + name;
  }

  /** The image was found or pulled there. */
  public boolean hasImage(String host, String of) {
    return new Image(host, of, true).equals(image);
  }

  /** The host said that it does not have it. */
  public boolean lacksImage(String host, String of) {
    return new Image(host, of, false).equals(image);
  }

  /** Whether the commands that follow a start are still to be run for this run of it. */
  public boolean awaitsPostStart(Container container) {
    return Hooks.are(container.labels(), Hooks.POST_START) && !postStarted.equals(runOf(container));
  }

  /** The run for which they have been, so that no agent runs them twice; or empty. */
  public String postStarted() {
    return postStarted;
  }

  /** They have been run. */
  public JobMemory postStarted(Container container) {
    return with(m -> m.postStarted = runOf(container));
  }

  /** Whether the commands that come before a stop have had their time. */
  public boolean isPreStopped(String container) {
    return preStopped.equals(container);
  }

  public JobMemory preStopped(String container) {
    return with(m -> m.preStopped = container);
  }

  /** Whether a network went that this container was made for. */
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

  /** The hosts not to be tried now, each with the reason. */
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
    return avoided.values().stream()
        .map(Avoided::until)
        .filter(now::isBefore)
        .min(Instant::compareTo)
        .orElse(null);
  }

  /** The host that the last failure is to do with, while it still delays the job; or null. */
  public @Nullable String troubleOn() {
    return trouble == null ? null : trouble.host();
  }

  /** After a call failed: a longer pause each time, and after some on one host another host. */
  public JobMemory failed(String job, Fault fault, String host, String error, Instant now) {
    return with(
        m -> {
          m.count(job, failures + 1, failures + 1, error, now);
          m.trouble = new Trouble(fault, host);
          if (fault == Fault.DISK) {
            // Room comes back by itself, and to look for it costs little.
            m.nextTry = earlier(m.nextTry, now.plus(Settings.DISK_AGAIN));
          }
          if (fault == Fault.HOST || fault == Fault.DISK || fault == Fault.LOST) {
            m.blame(host, error, now);
          }
        });
  }

  /** The host may be making the container although it has not said so. */
  public JobMemory awaitingContainer() {
    return with(m -> m.awaitsContainer = true);
  }

  /** A call of which nothing was heard, or that was not made, once more in a row. */
  public JobMemory unanswered() {
    return with(m -> m.unanswered++);
  }

  /** How long to leave its host alone after such calls. */
  public Duration rest() {
    Duration rest = backoff(unanswered);
    return rest.compareTo(Settings.UNANSWERED_MOST) > 0 ? Settings.UNANSWERED_MOST : rest;
  }

  /** Another job was started there: a disk that was full has room again. */
  public JobMemory roomOn(String host) {
    return without(Set.of(Fault.DISK), host);
  }

  /** The host answers again: whatever call had no answer may be tried at once. */
  public JobMemory answeredBy(String host) {
    return without(Set.of(Fault.LOST), host);
  }

  /** Its host was asked and answered, whatever the answer. */
  public JobMemory answered() {
    return unanswered == 0 ? this : with(m -> m.unanswered = 0);
  }

  /** When it may be connected to its networks again; null for at once. */
  @Nullable Instant connectFrom() {
    return connectFrom;
  }

  /** Why it could not be connected to its networks the last time, or empty. */
  String connectError() {
    return connectError;
  }

  /**
   * It was connected to networks that it had lost, or could not be: a longer pause each time, so
   * that nobody who takes it out again and again is fought.
   *
   * @param error why not, or empty
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

  /** The call without an answer was carried out after all. */
  private void wasDone() {
    failures = Math.max(0, failures - 1);
    lastError = failures == 0 ? "" : lastError;
    nextTry = null;
    trouble = null;
    awaitsContainer = false;
  }

  /**
   * What was seen of the job's right container: exits are counted once, runs are timed.
   *
   * @param restart what its service says of exits
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
    String cause = stopped ? "was unhealthy, so dowding restarted it" : error;
    return with(
        m -> {
          // The first exit is repaired at once; only what keeps ending is made to wait.
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

  /** It ran for its policy's window. */
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

  /** Its stop signal was sent; a second one does not postpone the kill. */
  public JobMemory stopping(String container, Instant killAt) {
    return stopping.containsKey(container) ? this : killed(container, killAt);
  }

  /** It was killed; another kill only if it is still there then. */
  public JobMemory killed(String container, Instant again) {
    Map<String, Instant> all = new TreeMap<>(stopping);
    all.put(container, again);
    return with(m -> m.stopping = all);
  }

  public JobMemory image(String host, String of, boolean present) {
    return with(m -> m.image = new Image(host, of, present));
  }

  /** Something small did not work: no failure of the job, but not to be repeated at once. */
  public JobMemory later(Instant next) {
    return with(m -> m.nextTry = next);
  }

  /** The name of this incarnation belongs to somebody else. */
  public JobMemory nameTaken(long incarnation) {
    return with(m -> m.takenName = incarnation);
  }

  /** A new definition or a new place: what failed before says nothing of it, but for bad hosts. */
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

  /** The pause after so many failures in a row: none, then 1 s, doubling up to 5 min. */
  static Duration backoff(int failures) {
    if (failures == 0) {
      return Duration.ZERO;
    }
    Duration pause = Settings.BACKOFF_FIRST.multipliedBy(1L << Math.min(failures - 1, 20));
    return pause.compareTo(Settings.BACKOFF_MOST) > 0 ? Settings.BACKOFF_MOST : pause;
  }

  /**
   * Up to a tenth on top, a hash of job and attempt, so that crashing jobs do not march in step.
   */
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
