package io.dowding.control;

import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that lasts until it is interrupted. It takes one turn after another. If a turn throws
 * anything, even an {@link Error}, that is reported and the next turn follows after a pause. All
 * threads that must not end are created here, so that none dies silently.
 */
public final class Tireless {

  private static final Logger log = LoggerFactory.getLogger("dowding");

  private Tireless() {}

  /** One turn, of any duration. */
  @FunctionalInterface
  public interface Turn {
    void take() throws Exception;
  }

  /**
   * Starts the thread.
   *
   * @param thread its kind and name
   * @param pause after a turn that threw
   * @param failed receives what a turn threw, on this thread; what it throws itself is logged
   */
  public static Thread start(
      Thread.Builder thread, Duration pause, Turn turn, Consumer<Throwable> failed) {
    return thread.start(
        () -> {
          while (take(turn, failed, pause)) {}
        });
  }

  /** Whether to take another turn. */
  private static boolean take(Turn turn, Consumer<Throwable> failed, Duration pause) {
    try {
      turn.take();
      return !Thread.currentThread().isInterrupted();
    } catch (InterruptedException stopped) {
      return false;
    } catch (Throwable thrown) {
      return !Thread.currentThread().isInterrupted() && report(thrown, failed) && rests(pause);
    }
  }

  private static boolean report(Throwable thrown, Consumer<Throwable> failed) {
    try {
      if (thrown instanceof Error || thrown instanceof NullPointerException) {
        log.error(
            "internal error, please report it thread={}", Thread.currentThread().getName(), thrown);
      }
      failed.accept(thrown);
    } catch (Throwable again) {
      log.error("a failure could not be reported: {}", thrown, again);
    }
    return true;
  }

  private static boolean rests(Duration pause) {
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException stopped) {
      return false;
    }
  }
}
