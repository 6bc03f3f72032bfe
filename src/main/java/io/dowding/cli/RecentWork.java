package io.dowding.cli;

import io.dowding.control.Pulses;
import io.dowding.control.Pulses.Pulse;
import io.dowding.control.Tireless;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdSettings;
import io.dowding.keys.Key;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes this agent's last changes to etcd, where {@code events} on any machine finds them. Without
 * the right to write them, or without etcd, the agent works on.
 */
final class RecentWork implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final Duration PAUSE = Duration.ofSeconds(3);
  private static final Duration LONGEST_WRITE = Duration.ofMinutes(1);
  private static final int MOST_LINES = 100;
  private static final int MOST_CHARACTERS = 50_000;

  private final Deque<String> lines = new ArrayDeque<>();
  private final EtcdKeys keys;
  private final String key;
  private final Thread writer;
  private int characters;
  private boolean changed;

  private RecentWork(EtcdKeys keys, String machine, Pulse pulse) {
    this.keys = keys;
    this.key = Key.WORK + machine;
    this.writer =
        Tireless.start(
            Thread.ofVirtual().name("events"),
            PAUSE,
            pulse.around(this::turn),
            failed -> log.debug("events are not written reason=\"{}\"", failed.getMessage()));
  }

  static RecentWork begin(Config config, EtcdSettings etcd, Pulses pulses) {
    RecentWork work =
        new RecentWork(
            new EtcdKeys(etcd, config.base()),
            config.name() == null ? machine() : config.name(),
            pulses.minor("events", LONGEST_WRITE));
    AuditLog.also(config.agentName(), work::add);
    return work;
  }

  /** Without a name, one key per machine, however often its agent is restarted. */
  private static String machine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException unnamed) {
      return "unnamed";
    }
  }

  private synchronized void add(String line) {
    lines.addLast(line);
    characters += line.length();
    while (lines.size() > MOST_LINES || characters > MOST_CHARACTERS) {
      characters -= lines.removeFirst().length();
    }
    changed = true;
  }

  private synchronized @Nullable String toWrite() {
    String value = changed ? String.join("\n", lines) : null;
    changed = false;
    return value;
  }

  private synchronized void again() {
    changed = true;
  }

  private void turn() throws InterruptedException {
    Thread.sleep(PAUSE);
    String value = toWrite();
    if (value == null) {
      return;
    }
    try {
      keys.put(key, value);
    } catch (EtcdException failed) {
      if (!failed.isRefusal()) {
        again();
      }
      throw failed;
    }
  }

  @Override
  public void close() {
    writer.interrupt();
    keys.close();
  }
}
