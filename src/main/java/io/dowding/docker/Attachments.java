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
 * Networks of containers: created on a host when missing, labelled ours, and removed with their
 * last user. A network that someone else created is used but never removed. Thread-safe.
 */
final class Attachments {

  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  /**
   * Serializes changes of a network. Engines do not prevent two creates under the same name, and a
   * network must not be removed between its lookup and its next user. Each network has its own
   * lock, so that a call without an answer delays only its own network.
   *
   * @param networks of this host to lock, in order
   */
  <T> T alone(String host, SortedSet<String> networks, Supplier<T> what)
      throws InterruptedException {
    List<ReentrantLock> held = new ArrayList<>();
    try {
      for (String network : networks) {
        ReentrantLock lock =
            locks.computeIfAbsent(host + "/" + network, both -> new ReentrantLock());
        // A thread that waited beyond its deadline must not begin: its lease may have expired.
        lock.lockInterruptibly();
        held.add(lock);
      }
      return what.get();
    } finally {
      held.forEach(ReentrantLock::unlock);
    }
  }

  /**
   * Creates missing networks, before a container is created.
   *
   * @param options by network: {@code Internal} and {@code Options}, as in the engine's API
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
   * @param networks with the container's aliases in each; already being connected is no error
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
   * Removes unused networks, after a container with networks was removed. Checks all of ours,
   * because an agent may have died before doing this.
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
      // It is in use again, so it stays.
      return false;
    }
  }
}
