package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.docker.HostEngine;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The containers of a service or job, and what they write. */
final class LogSources implements AutoCloseable {

  private static final Duration AGAIN = Duration.ofMillis(500);
  private static final int AHEAD = 256;

  private final Config config;
  private final EtcdKeys keys;
  private final String id;
  private final Output talk;
  private final Map<String, HostEngine> engines = new ConcurrentHashMap<>();
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  /** A container. */
  private record Source(
      Host host, String job, String container, Instant startedAt, boolean running) {}

  LogSources(Config config, EtcdKeys keys, String id, Output talk) {
    this.config = config;
    this.keys = keys;
    this.id = id;
    this.talk = talk;
  }

  /** Those that exist now; hosts that do not answer are named once. */
  private List<Source> sources() throws Exception {
    Set<String> hosts = new TreeSet<>();
    String status =
        keys.get(Key.SERVICE_STATUS + Names.serviceOf(id)).map(EtcdKeys.Value::text).orElse("{}");
    for (Map.Entry<String, JsonNode> job : DowdingCommand.read(status).path("jobs").properties()) {
      if (isMeant(job.getKey()) && job.getValue().has("host")) {
        hosts.add(job.getValue().path("host").asText());
      }
    }
    String cluster = keys.cluster();
    Map<String, Host> known = config.hosts(keys.all(Key.INVENTORY));
    List<Source> sources = new ArrayList<>();
    for (String name : hosts) {
      Host host = known.get(name);
      if (host == null || cluster == null) {
        continue;
      }
      try {
        for (Container container : engine(host).list()) {
          Ownership.Owned owned = Ownership.of(container, cluster);
          if (owned != null && isMeant(owned.job())) {
            Instant started = container.startedAt();
            sources.add(
                new Source(
                    host,
                    owned.job(),
                    container.id(),
                    started == null ? Instant.EPOCH : started,
                    container.isAlive()));
          }
        }
      } catch (IllegalStateException away) {
        forget(name, engines.get(name));
        warn(String.valueOf(away.getMessage()));
      }
    }
    return sources;
  }

  private boolean isMeant(String job) {
    return job.equals(id) || Names.serviceOf(job).equals(id);
  }

  private HostEngine engine(Host host) {
    return engines.computeIfAbsent(
        host.hostname(), _ -> HostEngine.connect(host, config.dockerSettings()));
  }

  private void forget(String host, @Nullable HostEngine engine) {
    if (engine != null && engines.remove(host, engine)) {
      engine.close();
    }
  }

  /** Whether what was shown may be incomplete. */
  boolean hasFailed() {
    return !said.isEmpty();
  }

  private void warn(String problem) {
    if (said.add(problem)) {
      talk.line(problem);
    }
  }

  /**
   * Passes on all lines in the order of their times. Returns how many containers there were.
   *
   * @param tail lines of each container; negative for all
   */
  int merge(@Nullable Instant since, int tail, LogView view) throws Exception {
    List<Source> sources = sources();
    Comparator<Ahead> byTime = Comparator.comparing(ahead -> ahead.head().time());
    PriorityQueue<Ahead> heads = new PriorityQueue<>(byTime);
    for (Source source : sources) {
      Ahead ahead = new Ahead();
      Thread.ofVirtual().start(() -> read(source, since, tail, ahead));
      if (ahead.advance()) {
        heads.add(ahead);
      }
    }
    while (!heads.isEmpty()) {
      Ahead first = heads.remove();
      view.line(first.head());
      if (first.advance()) {
        heads.add(first);
      }
    }
    return sources.size();
  }

  private void read(Source source, @Nullable Instant since, int tail, Ahead ahead) {
    try {
      engine(source.host())
          .logs(
              source.container(),
              false,
              since,
              tail,
              (time, error, text) -> ahead.add(line(source, time, error, text)));
    } catch (IllegalStateException failed) {
      warn(String.valueOf(failed.getMessage()));
    } finally {
      ahead.end();
    }
  }

  private static LogLine line(Source of, Instant time, boolean error, String text) {
    return new LogLine(
        of.job(), of.host().hostname(), of.container().substring(0, 12), time, error, text);
  }

  /** A stream of which some lines are read ahead. */
  private static final class Ahead {
    private final BlockingQueue<Optional<LogLine>> lines = new ArrayBlockingQueue<>(AHEAD);
    private @Nullable LogLine head;

    void add(LogLine line) {
      put(Optional.of(line));
    }

    void end() {
      put(Optional.empty());
    }

    private void put(Optional<LogLine> line) {
      try {
        lines.put(line);
      } catch (InterruptedException stopped) {
        throw new IllegalStateException(stopped);
      }
    }

    /** Returns whether there is a line. */
    boolean advance() throws InterruptedException {
      head = lines.take().orElse(null);
      return head != null;
    }

    LogLine head() {
      if (head == null) {
        throw new IllegalStateException("it has ended");
      }
      return head;
    }
  }

  /** Passes on lines as they come, until interrupted; looks for new containers meanwhile. */
  void follow(@Nullable Instant since, int tail, LogView view) throws Exception {
    Set<String> followed = ConcurrentHashMap.newKeySet();
    Set<String> ended = ConcurrentHashMap.newKeySet();
    Map<String, Instant> last = new ConcurrentHashMap<>();
    Patience patience = new Patience(talk);
    int lines = tail;
    while (true) {
      List<Source> sources = patience.look(this::sources);
      for (Source source : sources == null ? List.<Source>of() : sources) {
        // A container that has ended may be started again.
        String run = source.container() + source.startedAt();
        // A stream that ended while its container still runs was cut off.
        if ((source.running() || !ended.contains(run)) && followed.add(source.container())) {
          int most = last.containsKey(source.container()) ? -1 : lines;
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      if (hasEnded(source, since, most, last, view)) {
                        ended.add(run);
                      }
                    } catch (IllegalStateException away) {
                      warn(String.valueOf(away.getMessage()));
                    } finally {
                      followed.remove(source.container());
                    }
                  });
        }
      }
      lines = sources == null ? lines : -1;
      Thread.sleep(AGAIN);
    }
  }

  /** Follows a container. Returns false if the connection broke before it ended. */
  private boolean hasEnded(
      Source source, @Nullable Instant since, int tail, Map<String, Instant> last, LogView view) {
    Instant seen = last.get(source.container());
    HostEngine engine = engine(source.host());
    try {
      engine.logs(
          source.container(),
          true,
          seen == null ? since : seen,
          tail,
          (time, error, text) -> {
            if (seen == null || time.isAfter(seen)) {
              last.put(source.container(), time);
              view.line(line(source, time, error, text));
            }
          });
      return true;
    } catch (IllegalStateException failed) {
      // Other streams share the engine: it is closed only where its connection is broken.
      if (failed.getCause() instanceof IOException
          || failed.getCause() instanceof UncheckedIOException) {
        forget(source.host().hostname(), engine);
      }
      warn(String.valueOf(failed.getMessage()));
      return false;
    }
  }

  @Override
  public void close() {
    engines.values().forEach(HostEngine::close);
  }
}
