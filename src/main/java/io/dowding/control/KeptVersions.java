package io.dowding.control;

import io.dowding.keys.Key;
import io.dowding.keys.Versions;
import io.dowding.plan.Scope;
import io.dowding.plan.ServicePlan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of each service in {@code versions/}: the digest of its tag, and the definitions
 * that a rollback can return to. The last valid version stays while any part of its service exists.
 */
final class KeptVersions {

  private final World world;
  private final Mirror mirror;
  private final Set<String> services = new TreeSet<>();
  private boolean all = true;

  KeptVersions(World world) {
    this.world = world;
    this.mirror = new Mirror(world, key -> key.startsWith(Key.VERSIONS));
  }

  /** These services were planned again. */
  void outdated(Scope scope) {
    switch (scope) {
      case Scope.All() -> all = true;
      case Scope.Of(var names) -> services.addAll(names);
    }
  }

  /** The value of this key in etcd changed. */
  void written(String key) {
    mirror.written(key);
  }

  /** The values to write, or to delete, so that etcd matches. */
  SortedMap<String, Optional<Object>> changes(Instant now, Bugs bugs) {
    update(bugs);
    SortedMap<String, Optional<Object>> changes = mirror.changes(now);
    changes.entrySet().removeIf(of -> of.getValue().isPresent() && !world.keys.keeps(of.getKey()));
    return changes;
  }

  /**
   * @throws IllegalStateException if any version differs from one that is built from scratch
   */
  void prove(Bugs bugs) {
    KeptVersions whole = new KeptVersions(world);
    whole.update(bugs);
    mirror.prove(whole.mirror);
  }

  private void update(Bugs bugs) {
    if (all) {
      all = false;
      services.addAll(world.serviceNames());
      mirror.clear();
    }
    // What cannot be built is built again at the next update.
    for (String name : List.copyOf(services)) {
      if (mirror.want(Key.VERSIONS + name, () -> of(name), bugs)) {
        services.remove(name);
      }
    }
  }

  private @Nullable Object of(String name) {
    if (!world.hasPartOf(name)) {
      return null;
    }
    ServicePlan plan = world.plans.of(name);
    Versions versions = Updates.kept(world.keys, name, plan.rollout());
    return versions == null ? world.keys.published.values.get(Key.VERSIONS + name) : versions;
  }
}
