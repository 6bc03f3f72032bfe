package io.dowding.docker;

import com.github.dockerjava.api.exception.DockerException;
import io.dowding.model.Ownership;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The networks of containers: made on a host when they are missing, labelled ours, and removed with
 * their last user. One that somebody else made is used, and never removed. Thread-safe.
 */
final class Attachments {

  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  /**
   * Two that are made at once under one name are both there: engines do not look closely. And one
   * must not go between the moment at which it was found and its next user. Each has a lock of its
   * own, so that a call about one that has no answer delays no other.
   *
   * @param networks of this host that nothing else may be done with meanwhile, in their order
   */
  <T> T alone(String host, SortedSet<String> networks, Supplier<T> what)
      throws InterruptedException {
    List<ReentrantLock> held = new ArrayList<>();
    try {
      for (String network : networks) {
        ReentrantLock lock =
            locks.computeIfAbsent(host + "/" + network, both -> new ReentrantLock());
        // Who has waited beyond his deadline must not begin: his lease may be over.
        lock.lockInterruptibly();
        held.add(lock);
      }
      return what.get();
    } finally {
      held.forEach(ReentrantLock::unlock);
    }
  }

  /**
   * Before a container is made.
   *
   * @param options by network: {@code Internal} and {@code Options}, as the engine has them
   */
  static void make(String cluster, Iterable<String> names, Map<?, ?> options, EngineApi engine) {
    for (String name : names) {
      if (engine.network(name) == null) {
        Map<?, ?> own = options.get(name) instanceof Map<?, ?> of ? of : Map.of();
        engine.createNetwork(name, Map.of(Ownership.CLUSTER, cluster), own);
      }
    }
  }

  /**
   * @param networks with the container's aliases in each; one that has it already is no error
   */
  static void connect(
      String container, SortedMap<String, List<String>> networks, EngineApi engine) {
    networks.forEach(
        (network, aliases) -> {
          try {
            engine.connect(network, container, aliases);
          } catch (DockerException failed) {
            if (!Failures.words(failed).contains("already exists in network")) {
              throw failed;
            }
          }
        });
  }

  /**
   * After a container that had networks was removed. All of ours are looked at: an agent may have
   * died before it came to this.
   */
  void tidy(String host, String cluster, EngineApi engine) throws InterruptedException {
    for (String name : engine.networks(cluster)) {
      alone(host, new TreeSet<>(Set.of(name)), () -> removeUnused(name, engine));
    }
  }

  private static boolean removeUnused(String name, EngineApi engine) {
    if (engine.users(name) != 0) {
      return false;
    }
    try {
      engine.removeNetwork(name);
      return true;
    } catch (DockerException usedAgain) {
      // Somebody came in between; then it stays.
      return false;
    }
  }
}
