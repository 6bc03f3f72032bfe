package io.dowding.control;

import io.dowding.keys.Key;
import io.dowding.plan.Action;
import io.dowding.plan.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the agent shows and keeps. Status may be late without harm. Versions are decisions:
 * they are written at once, apart from the status.
 */
final class Publisher {

  /** Status is for people; changes in quick succession are written together. */
  private static final Duration GAP = Duration.ofMillis(200);

  private final World world;
  private final Statuses statuses;
  private final KeptVersions versions;
  private boolean publishing;
  private boolean keeping;
  private @Nullable Instant notBefore;
  private boolean waits;
  private boolean proves;

  Publisher(World world) {
    this.world = world;
    this.statuses = new Statuses(world);
    this.versions = new KeptVersions(world);
  }

  /** These services were planned again, and something else changed. */
  void outdated(Scope scope, Changed changed) {
    statuses.outdated(scope, changed.hosts);
    statuses.outdated(scope, changed.loads);
    versions.outdated(scope);
  }

  /** From now on compares what is written with what would be built from scratch. Slow. */
  void proves() {
    proves = true;
  }

  /** Counts of the status. */
  Census census() {
    return statuses.census();
  }

  void keep(Instant now, List<Action> actions, Bugs bugs) {
    if (keeping) {
      return;
    }
    SortedMap<String, Optional<Object>> changes = versions.changes(now, bugs);
    removeBlocked(changes, now);
    if (proves) {
      bugs.caught(() -> versions.prove(bugs));
    }
    if (!changes.isEmpty()) {
      keeping = true;
      actions.add(new Action.Keep(changes));
    }
  }

  void publish(Holds holds, Instant now, List<Action> actions, Bugs bugs) {
    waits = notBefore != null && now.isBefore(notBefore);
    if (publishing || waits) {
      return;
    }
    notBefore = now.plus(GAP);
    SortedMap<String, Optional<Object>> changes = statuses.changes(holds.all(), now, bugs);
    if (proves) {
      bugs.caught(() -> statuses.prove(holds.all(), bugs));
    }
    changes.putAll(holds.heeded());
    removeBlocked(changes, now);
    if (!changes.isEmpty()) {
      publishing = true;
      actions.add(new Action.Publish(changes));
    }
  }

  private void removeBlocked(SortedMap<String, Optional<Object>> changes, Instant now) {
    changes.keySet().removeIf(key -> world.keys.published.refusals.blocks(key, now));
  }

  /** Learns what etcd holds now. */
  void written(Event.Written written, Instant now) {
    switch (written.action()) {
      case Action.Publish _ -> publishing = false;
      case Action.Keep _ -> keeping = false;
    }
    SortedMap<String, Optional<Object>> values = written.action().values();
    Keys keys = world.keys;
    if (!written.done()) {
      keys.published.unsure.addAll(values.keySet());
      return;
    }
    values.forEach(
        (key, value) -> {
          String refused = written.refused().get(key);
          if (refused == null) {
            keys.published.refusals.written(key, now);
            written(key, value);
          } else {
            keys.published.refusals.refused(key, refused, now);
          }
        });
    keys.published.unsure.removeAll(values.keySet());
  }

  private void written(String key, Optional<Object> value) {
    world.keys.wrote(key, value.orElse(null));
    if (value.isEmpty() && key.startsWith(Key.RELEASE)) {
      world.keys.releases.remove(key.substring(Key.RELEASE.length()));
    }
    statuses.written(key);
    versions.written(key);
    value.ifPresent(of -> world.kept(key, of));
  }

  /** When status that waits may be written, or null. */
  @Nullable Instant wake() {
    return waits ? notBefore : null;
  }
}
