package io.dowding.docker;

import io.dowding.model.SshEndpoint;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Who may log in with ssh. A login costs a tenth of a second of processor time; hundreds at once
 * would all be too slow. Hosts whose last login failed wait for each other, and for no turn of the
 * others, so that hosts that hang delay none that works. Thread-safe.
 */
final class SshTurns {

  /** Of this process. */
  static final SshTurns ALL = new SshTurns(32, Duration.ofSeconds(5));

  private final Semaphore turns;
  private final Semaphore ofFailed;
  private final Duration longest;
  private final Set<SshEndpoint> failed = ConcurrentHashMap.newKeySet();

  /**
   * @param atOnce how many log in at once, and as many again of those whose last login failed
   * @param longest what takes longer waits for its host, not for this machine, and its turn is over
   */
  SshTurns(int atOnce, Duration longest) {
    this.turns = new Semaphore(atOnce, true);
    this.ofFailed = new Semaphore(atOnce, true);
    this.longest = longest;
  }

  /** The right to log in, until it is closed. */
  @FunctionalInterface
  interface Turn extends AutoCloseable {
    /** For what needs no turn. */
    Turn NONE = () -> {};

    @Override
    void close();
  }

  /** Waits for a turn. */
  Turn take(SshEndpoint to) throws InterruptedException {
    Semaphore of = failed.contains(to) ? ofFailed : turns;
    of.acquire();
    AtomicBoolean over = new AtomicBoolean();
    Turn turn =
        () -> {
          if (!over.getAndSet(true)) {
            of.release();
          }
        };
    var timer = SshSocket.TIMERS.schedule(turn::close, longest.toMillis(), TimeUnit.MILLISECONDS);
    return () -> {
      timer.cancel(false);
      turn.close();
    };
  }

  /** How a login ended. */
  void ended(SshEndpoint to, boolean well) {
    if (well) {
      failed.remove(to);
    } else {
      failed.add(to);
    }
  }
}
