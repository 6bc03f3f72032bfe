package io.dowding.docker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Adds up the layers of a pull, and reports progress from time to time. */
final class PullProgress implements Consumer<Answer> {

  /** An engine reports every layer ten times a second; people read more slowly. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private static final double MIB = 1024 * 1024;
  private static final int MOST_LAYERS = 1_000;

  private final Consumer<String> told;
  private final Map<String, Layer> layers = new HashMap<>();
  private long last = System.nanoTime();

  private record Layer(long current, long total) {}

  PullProgress(Consumer<String> told) {
    this.told = told;
  }

  /** Takes one message; throws the engine's error if it gave up. */
  @Override
  public void accept(Answer message) {
    String error = message.at("errorDetail").at("message").textOr(message.at("error").textOr(""));
    if (!error.isEmpty()) {
      throw EngineHttp.refusal(500, error);
    }
    Answer detail = message.at("progressDetail");
    String layer = message.at("id").textOr("");
    long total = detail.at("total").number(0, Long.MAX_VALUE, -1);
    if (layer.isEmpty() || total < 0) {
      return;
    }
    if ("Downloading".equals(message.at("status").textOr(""))) {
      long current = detail.at("current").number(0, Long.MAX_VALUE, 0);
      if (layers.size() < MOST_LAYERS || layers.containsKey(layer)) {
        layers.put(layer, new Layer(current, total));
      }
    }
    if (System.nanoTime() - last > PAUSE.toNanos()) {
      last = System.nanoTime();
      told.accept(text());
    }
  }

  String text() {
    double current = 0;
    double total = 0;
    for (Layer layer : layers.values()) {
      current += layer.current();
      total += layer.total();
    }
    return String.format(
        Locale.ROOT, "pulling the image: %.1f of %.1f MiB", current / MIB, total / MIB);
  }
}
