package io.dowding.http;

import io.dowding.keys.Key;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.StoreChange;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Services whose keys were changed and that do not run as they say yet. Not thread-safe. */
final class KeyTimes {

  private static final String RUNNING = "running";

  private final Map<String, Change> changes = new HashMap<>();

  private record Change(long revision, Instant at) {}

  /** A key changed. */
  void changed(StoreChange change, Instant now) {
    if (change instanceof StoreChange.OfService service) {
      if (service.value() != null) {
        changes.put(service.name(), new Change(service.revision(), now));
      } else {
        changes.remove(service.name());
      }
    }
  }

  /**
   * A status is published.
   *
   * @return how long its service took to run as its key says; null if it does not, or did before
   */
  @Nullable Duration published(String key, @Nullable Object value, Instant now) {
    if (!key.startsWith(Key.SERVICE_STATUS) || !(value instanceof ServiceStatus status)) {
      return null;
    }
    String name = key.substring(Key.SERVICE_STATUS.length());
    Change change = changes.get(name);
    boolean runs =
        change != null
            && status.state().equals(RUNNING)
            && status.observedGeneration() == change.revision();
    if (!runs || change == null) {
      return null;
    }
    changes.remove(name);
    return Duration.between(change.at(), now);
  }

  void clear() {
    changes.clear();
  }
}
