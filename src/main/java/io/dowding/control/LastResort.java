package io.dowding.control;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process, with status {@value #STATUS}, when a thread that is not otherwise watched dies
 * of an exception, including threads of libraries; the supervisor then restarts it. A process that
 * has lost a thread can look healthy and do nothing.
 */
public final class LastResort {

  /** EX_SOFTWARE of sysexits.h. */
  public static final int STATUS = 70;

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  private LastResort() {}

  /** Installs this for the whole process. */
  public static void install() {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> {
          try {
            log.error(
                "internal error, please report it; the process ends thread={}",
                thread.getName(),
                thrown);
            // The process may wait for this thread when it exits.
            Thread.ofPlatform().daemon().start(() -> System.exit(STATUS));
            Thread.ofPlatform().daemon().start(LastResort::halt);
          } catch (Throwable worse) {
            Runtime.getRuntime().halt(STATUS);
          }
        });
  }

  /** For when even an orderly exit hangs. */
  private static void halt() {
    try {
      Thread.sleep(LAST_WORDS);
    } catch (InterruptedException noPatience) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(STATUS);
  }
}
