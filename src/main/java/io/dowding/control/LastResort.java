package io.dowding.control;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For threads that nothing else looks after, those of libraries among them: where one is ended by
 * what it throws, the process ends too, with status {@value #STATUS}, and its supervisor starts it
 * again. A process that goes on without one of its threads may look well and do nothing.
 */
public final class LastResort {

  /** As EX_SOFTWARE of sysexits.h. */
  public static final int STATUS = 70;

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  private LastResort() {}

  /** For the whole process, from now on. */
  public static void install() {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, thrown) -> {
          try {
            log.error(
                "internal error, please report it; the process ends thread={}",
                thread.getName(),
                thrown);
            // It may be this thread that the process would wait for at its end.
            Thread.ofPlatform().daemon().start(() -> System.exit(STATUS));
            Thread.ofPlatform().daemon().start(LastResort::halt);
          } catch (Throwable worse) {
            Runtime.getRuntime().halt(STATUS);
          }
        });
  }

  /** Where even an orderly end hangs. */
  private static void halt() {
    try {
      Thread.sleep(LAST_WORDS);
    } catch (InterruptedException noPatience) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(STATUS);
  }
}
