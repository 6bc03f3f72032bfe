package io.dowding.docker;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * Decides how one host is followed: what to ask it next. It is connected to, listed and pinged, and
 * containers that changed are inspected, one step at a time, so what is seen of a host is in order.
 * When a step fails, everything starts over after a pause. Has no clock and makes no calls, so that
 * it runs on a thread and in virtual time alike. Not thread-safe.
 */
public final class Lane {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** A list is cheaper than inspecting more containers than this. */
  private static final int MOST_LOOKS = 100;

  private final DockerSettings settings;
  private final SequencedSet<String> changed = new LinkedHashSet<>();
  private boolean connected;
  private boolean listed;
  private boolean listAgain;
  private Instant retry = Instant.MIN;
  private Instant nextPing = Instant.MAX;
  private Instant nextList = Instant.MAX;

  /** What to do now. */
  public sealed interface Step {

    /** Nothing, until then or until there is news. */
    record Wait(Instant until) implements Step {}

    /** Connect, and listen to the engine's events. */
    record Connect() implements Step {}

    /** A question to the engine. */
    sealed interface Question extends Step {}

    /**
     * List all containers and volumes.
     *
     * @param refresh whether to read the engine's information again, too
     */
    record ListAll(boolean refresh) implements Question {}

    /** Inspect one container. */
    record Look(String id) implements Question {}

    record Ping() implements Question {}
  }

  public Lane(DockerSettings settings) {
    this.settings = settings;
  }

  /**
   * The next step. Unless it is to wait, {@link #done} or {@link #failed} must be called before the
   * step after it.
   */
  public Step next(Instant now) {
    if (!connected) {
      return now.isBefore(retry) ? new Step.Wait(retry) : new Step.Connect();
    }
    boolean due = !now.isBefore(nextList);
    if (!listed || due || listAgain || changed.size() > MOST_LOOKS) {
      // Reset first: what changes during the list is looked at after it.
      listAgain = false;
      changed.clear();
      return new Step.ListAll(due);
    }
    if (!now.isBefore(nextPing)) {
      return new Step.Ping();
    }
    return changed.isEmpty()
        ? new Step.Wait(nextPing.isBefore(nextList) ? nextPing : nextList)
        : new Step.Look(changed.removeFirst());
  }

  /** The step succeeded. */
  public void done(Step step, Instant now) {
    switch (step) {
      case Step.Connect _ -> connected = true;
      case Step.ListAll _ -> {
        nextList = now.plus(settings.resync());
        listed = true;
        answered(now);
      }
      case Step.Ping _, Step.Look _ -> answered(now);
      case Step.Wait _ -> {}
    }
  }

  /** Any answer is a sign of life, as good as that to a ping. */
  private void answered(Instant now) {
    nextPing = now.plus(settings.ping());
  }

  /** The step failed, or the engine's events ended: the connection is of no more use. */
  public void failed(Instant now) {
    connected = false;
    listed = false;
    listAgain = false;
    changed.clear();
    nextList = Instant.MAX;
    retry = now.plus(PAUSE);
  }

  /** The engine reported that something happened to a container. */
  public void changed(String id) {
    changed.add(id);
  }

  /** Lists soon, because the result of a call is unknown. */
  public void listAgain() {
    listAgain = true;
  }

  /** Whether calls may be made: a host that answers but cannot list must not be used. */
  public boolean isUsable() {
    return listed;
  }
}
