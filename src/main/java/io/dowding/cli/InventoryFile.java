package io.dowding.cli;

import io.dowding.compose.InventoryReader;
import io.dowding.compose.TextFile;
import io.dowding.control.Event;
import io.dowding.control.Pulses;
import io.dowding.control.Pulses.Pulse;
import io.dowding.control.Store.Sink;
import io.dowding.control.Tireless;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An inventory file that is followed as it changes. */
final class InventoryFile {

  private static final Logger log = LoggerFactory.getLogger("dowding.inventory");
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration LONGEST_READ = Duration.ofMinutes(1);

  private InventoryFile() {}

  /**
   * Reads the file whenever it changes. If it is broken, that is logged and the last good one is
   * kept.
   */
  static Thread follow(Path file, Sink sink, Pulses pulses) {
    Pulse pulse = pulses.minor("inventory", LONGEST_READ);
    AtomicReference<String> last = new AtomicReference<>("");
    return Tireless.start(
        Thread.ofVirtual().name("inventory"),
        LOOK,
        pulse.around(
            () -> {
              String text = text(file);
              if (!text.equals(last.getAndSet(text))) {
                changed(file, sink);
              }
              Thread.sleep(LOOK);
            }),
        bug -> log.error("inventory cannot be used, the last good one stays", bug));
  }

  private static String text(Path file) {
    try {
      return TextFile.read(file);
    } catch (IOException unreadable) {
      return "unreadable: " + unreadable.getMessage();
    }
  }

  private static void changed(Path file, Sink sink) {
    try {
      sink.accept(new Event.InventoryRead(InventoryReader.read(file)));
      log.info("inventory read file={}", file);
    } catch (IllegalArgumentException bad) {
      log.error(
          "inventory cannot be used, the last good one stays problem=\"{}\"", bad.getMessage());
    }
  }
}
