package io.dowding.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.control.StatusSource;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ops room: what agents publish, live, for a few viewers. It reads nothing while there are
 * none, and has no part in the loop. Thread-safe.
 */
public final class OpsRoom implements AutoCloseable {

  /** A browser opens one connection per tab. */
  static final int MOST_VIEWERS = 20;

  private static final int MOST_EVENTS = 10_000;
  private static final long LEAST_SEGMENT = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Times times;
  private final Setup setup;
  private final StatusSource source;
  private final InstantSource clock;
  private final RoomHistory history;
  private final RoomFeed feed = new RoomFeed();
  private final Object following = new Object();
  private boolean closed;
  private int viewers;
  private long visits;
  private @Nullable Runnable stop;
  private @Nullable Following present;

  /**
   * How long things take.
   *
   * @param beat between two signs of life
   * @param gap between two batches: changes in quick succession are sent together
   * @param linger after the last viewer, so that a page that is loaded again finds everything
   * @param longestWrite for one batch; a viewer that takes longer is dropped
   */
  record Times(Duration beat, Duration gap, Duration linger, Duration longestWrite) {
    static final Times USUAL =
        new Times(
            Duration.ofSeconds(2),
            Duration.ofMillis(250),
            Duration.ofSeconds(10),
            Duration.ofSeconds(20));
  }

  /**
   * What the room shows of its agent.
   *
   * @param agent the name of this agent
   * @param base the base key in etcd
   * @param unknownAfter how long a host may be silent before it is unknown
   * @param stateDir where the audit log is
   * @param token the current token, or null if there is none; throws IllegalStateException with the
   *     reason if it cannot be read
   */
  public record Setup(
      String agent,
      String base,
      Duration unknownAfter,
      Path stateDir,
      Supplier<@Nullable String> token) {}

  /**
   * @param clock the time of day
   */
  public OpsRoom(Setup setup, StatusSource source, InstantSource clock) {
    this(setup, source, clock, Times.USUAL);
  }

  OpsRoom(Setup setup, StatusSource source, InstantSource clock, Times times) {
    this.times = times;
    this.setup = setup;
    this.source = source;
    this.clock = clock;
    this.history = new RoomHistory(setup.stateDir(), MOST_EVENTS);
  }

  Setup setup() {
    return setup;
  }

  /** The last events of this machine's audit log. */
  List<ObjectNode> history() throws IOException {
    return history.last();
  }

  /** Whether there is room for one more viewer. Each that enters must {@link #leave}. */
  boolean enter() {
    synchronized (following) {
      if (closed || viewers == MOST_VIEWERS) {
        return false;
      }
      viewers++;
      visits++;
      if (stop == null) {
        feed.add(Map.of("room", Optional.of(about(false))));
        Following begun = new Following();
        present = begun;
        stop = source.follow(begun);
      }
      return true;
    }
  }

  /** A viewer has left; after the last one, nothing is followed any more. */
  void leave(Deadlines deadlines) {
    synchronized (following) {
      viewers--;
      long last = visits;
      if (viewers == 0 && !closed) {
        deadlines.later(times.linger(), () -> rest(last));
      }
    }
  }

  private void rest(long lastVisit) {
    synchronized (following) {
      if (viewers == 0 && visits == lastVisit) {
        stop();
      }
    }
  }

  private void stop() {
    Runnable stopping = stop;
    if (stopping != null) {
      stopping.run();
      stop = null;
      present = null;
      feed.clear();
    }
  }

  /** Admits no more viewers, and follows nothing. */
  @Override
  public void close() {
    synchronized (following) {
      closed = true;
      stop();
    }
  }

  /**
   * @param listed whether what agents publish is known; until then, nothing follows from a unit
   *     that is missing
   */
  private String about(boolean listed) {
    long seconds = Math.max(1, setup.unknownAfter().plusMillis(999).toSeconds());
    return JSON.createObjectNode()
        .put("listed", listed)
        .put("agent", setup.agent())
        .put("base", setup.base())
        .put("unknownAfter", seconds)
        .put("segment", (seconds + LEAST_SEGMENT - 1) / LEAST_SEGMENT * LEAST_SEGMENT)
        .toString();
  }

  /**
   * Writes server-sent events until the viewer leaves.
   *
   * @param lastId what the viewer received last, or null
   * @param allowed whether the viewer may still see them
   */
  void stream(Writer out, @Nullable String lastId, Deadlines deadlines, BooleanSupplier allowed)
      throws IOException, InterruptedException {
    String id = lastId;
    out.write("retry: 1000\n\n");
    while (true) {
      RoomFeed.Batch batch = feed.next(id, times.beat());
      if (!allowed.getAsBoolean()) {
        return;
      }
      try (Deadlines.Deadline _ = deadlines.begin(times.longestWrite())) {
        if (batch != null) {
          write(out, batch);
          id = batch.id();
        }
        out.write("event: beat\ndata: " + beat() + "\n\n");
        out.flush();
      }
      Thread.sleep(times.gap());
    }
  }

  private static void write(Writer out, RoomFeed.Batch batch) throws IOException {
    out.write("id: " + batch.id() + "\nevent: " + (batch.whole() ? "whole" : "changes"));
    out.write("\ndata: {");
    String comma = "";
    for (Map.Entry<String, Optional<String>> unit : batch.units().entrySet()) {
      out.write(comma + JSON.writeValueAsString(unit.getKey()) + ":");
      out.write(unit.getValue().orElse("null"));
      comma = ",";
    }
    out.write("}\n\n");
  }

  /** The time here, and when the source last answered. */
  private String beat() {
    Following now;
    synchronized (following) {
      now = present;
    }
    ObjectNode beat = JSON.createObjectNode().put("now", clock.instant().toString());
    if (now != null && now.answered != null) {
      beat.put("answered", now.answered.toString());
    }
    return beat.toString();
  }

  /** Passes on what the source reports. */
  private final class Following implements StatusSource.Sink {
    private final RoomBoard board = new RoomBoard();
    private volatile @Nullable Instant answered;
    private String candidates = "";
    private boolean isListed;

    /** It may report until it notices that it was stopped. */
    private void add(Map<String, Optional<String>> changes) {
      synchronized (following) {
        if (present == this && !changes.isEmpty()) {
          feed.add(changes);
        }
      }
    }

    @Override
    public void listed(SortedMap<String, String> values) {
      answered = clock.instant();
      Map<String, Optional<String>> changes = board.listed(values);
      if (!isListed) {
        isListed = true;
        changes.put("room", Optional.of(about(true)));
      }
      add(changes);
    }

    @Override
    public void changed(Map<String, Optional<String>> values) {
      answered = clock.instant();
      add(board.changed(values));
    }

    @Override
    public void alive(List<String> agents) {
      answered = clock.instant();
      ArrayNode all = JSON.createArrayNode();
      for (String agent : agents) {
        try {
          all.add(JSON.readTree(agent));
        } catch (IOException notJson) {
          // The source passes on only JSON.
        }
      }
      String now = "{\"candidates\":" + all + "}";
      if (!now.equals(candidates)) {
        candidates = now;
        add(Map.of("agents", Optional.of(now), "trouble", Optional.empty()));
      }
    }

    @Override
    public void lost(String why) {
      candidates = "";
      add(Map.of("trouble", Optional.of(JSON.createObjectNode().put("why", why).toString())));
    }
  }
}
