package io.dowding.docker;

import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.ResponseItem.ProgressDetail;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Adds up the layers of a pull, and tells now and then how far it is. */
final class PullProgress extends PullImageResultCallback {

  /** An engine tells of every layer ten times a second; people read more slowly. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private static final double MIB = 1024 * 1024;

  private final Consumer<String> told;
  private final Map<String, ProgressDetail> layers = new HashMap<>();
  private long last = System.nanoTime();

  PullProgress(Consumer<String> told) {
    this.told = told;
  }

  @Override
  public void onNext(PullResponseItem item) {
    super.onNext(item);
    ProgressDetail detail = item.getProgressDetail();
    if (item.getId() == null || detail == null || detail.getTotal() == null) {
      return;
    }
    if ("Downloading".equals(item.getStatus())) {
      layers.put(item.getId(), detail);
    }
    if (System.nanoTime() - last > PAUSE.toNanos()) {
      last = System.nanoTime();
      told.accept(text());
    }
  }

  String text() {
    long current = 0;
    long total = 0;
    for (ProgressDetail layer : layers.values()) {
      current += layer.getCurrent() == null ? 0 : layer.getCurrent();
      total += layer.getTotal() == null ? 0 : layer.getTotal();
    }
    return String.format(
        Locale.ROOT, "pulls its image: %.1f of %.1f MiB", current / MIB, total / MIB);
  }
}
