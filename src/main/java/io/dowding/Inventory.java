package io.dowding;

import io.dowding.model.Host;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The hosts, read again on each use, but at most once a second. Thread-safe. */
final class Inventory {

  private static final long FRESH_NANOS = 1_000_000_000L;

  private final @Nullable Supplier<? extends Collection<Host>> hosts;
  private @Nullable List<Host> last;
  private long askedAt;

  /**
   * @param hosts null if they are under {@code inventory/} in etcd
   */
  Inventory(@Nullable Supplier<? extends Collection<Host>> hosts) {
    this.hosts = hosts;
  }

  /** The view with these hosts. */
  View over(View view) {
    return view.over(hosts());
  }

  private synchronized @Nullable Collection<Host> hosts() {
    if (hosts != null && (last == null || System.nanoTime() - askedAt > FRESH_NANOS)) {
      List<Host> now = List.copyOf(hosts.get());
      last = now.equals(last) ? last : now;
      askedAt = System.nanoTime();
    }
    return last;
  }
}
