package io.dowding.model;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A container as its host reported it.
 *
 * @param name without Docker's leading slash
 * @param inherited whether its labels came from its image, as after {@code docker commit}
 * @param health Docker's health state, or null without a health check
 * @param error why Docker could not start it, or empty
 * @param startedAt by the host's clock: only the difference to {@code finishedAt} is meaningful
 * @param restart the current restart policy, which may differ from the one it was created with
 * @param stopSignal the signal that stops it, set by itself or its image
 * @param stopGrace from that signal to the kill
 * @param missing the networks it should be connected to but is not, with its aliases in each
 */
public record Container(
    String id,
    String name,
    String image,
    Map<String, String> labels,
    boolean inherited,
    State state,
    int exitCode,
    boolean oomKilled,
    String error,
    @Nullable String health,
    int restartCount,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    RestartPolicy.Kind restart,
    String stopSignal,
    Duration stopGrace,
    List<Port> ports,
    SortedMap<String, List<String>> missing) {

  /** A container that is connected to all its networks. */
  public Container(
      String id,
      String name,
      String image,
      Map<String, String> labels,
      boolean inherited,
      State state,
      int exitCode,
      boolean oomKilled,
      String error,
      @Nullable String health,
      int restartCount,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      RestartPolicy.Kind restart,
      String stopSignal,
      Duration stopGrace,
      List<Port> ports) {
    this(
        id,
        name,
        image,
        labels,
        inherited,
        state,
        exitCode,
        oomKilled,
        error,
        health,
        restartCount,
        startedAt,
        finishedAt,
        restart,
        stopSignal,
        stopGrace,
        ports,
        Collections.emptySortedMap());
  }

  /** Docker's container states. */
  public enum State {
    CREATED,
    RUNNING,
    PAUSED,
    RESTARTING,
    REMOVING,
    EXITED,
    DEAD;

    public static State parse(@Nullable String text) {
      for (State state : values()) {
        if (state.word().equals(text)) {
          return state;
        }
      }
      return DEAD;
    }

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A copy with other labels, without missing networks that only the old labels named. */
  public Container withLabels(Map<String, String> given, boolean givenInherited) {
    SortedMap<String, List<String>> still = new TreeMap<>(missing);
    still.keySet().removeAll(Networks.in(labels).keySet());
    still.putAll(Networks.in(given));
    still.keySet().retainAll(missing.keySet());
    return copy(given, givenInherited, health, still);
  }

  /** A copy with another health state. */
  public Container withHealth(@Nullable String given) {
    return copy(labels, inherited, given, missing);
  }

  private Container copy(
      Map<String, String> newLabels,
      boolean newInherited,
      @Nullable String newHealth,
      SortedMap<String, List<String>> newMissing) {
    return new Container(
        id,
        name,
        image,
        newLabels,
        newInherited,
        state,
        exitCode,
        oomKilled,
        error,
        newHealth,
        restartCount,
        startedAt,
        finishedAt,
        restart,
        stopSignal,
        stopGrace,
        ports,
        newMissing);
  }

  /** Whether it has a process that must end before the container can be removed. */
  public boolean isAlive() {
    return state == State.RUNNING || state == State.PAUSED || state == State.RESTARTING;
  }

  /** The duration of its last run; zero if it never ran. */
  public Duration lastRun() {
    if (startedAt == null || finishedAt == null || finishedAt.isBefore(startedAt)) {
      return Duration.ZERO;
    }
    return Duration.between(startedAt, finishedAt);
  }

  public String shortId() {
    return id.length() > 12 ? id.substring(0, 12) : id;
  }
}
