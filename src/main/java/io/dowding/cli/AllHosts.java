package io.dowding.cli;

import io.dowding.docker.HostEngine;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Host;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks the engines of many hosts at once; one that does not answer delays no other. */
final class AllHosts {

  private AllHosts() {}

  /**
   * What a host said.
   *
   * @param value or null if it did not answer
   * @param problem why not, or empty
   */
  record Answer<T>(@Nullable T value, String problem) {
    String words(Function<T, String> words) {
      return value == null ? problem : words.apply(value);
    }
  }

  /** A request to one host. */
  @FunctionalInterface
  interface Question<T> {
    T ask(Host host, HostEngine engine) throws Exception;
  }

  /** The answers of all hosts in the inventory, by hostname. */
  static <T> SortedMap<String, Answer<T>> ask(Config config, EtcdKeys keys, Question<T> question) {
    return ask(config, config.hosts(keys.all(Key.INVENTORY)).values(), question);
  }

  /** The answers of these hosts. */
  static <T> SortedMap<String, Answer<T>> ask(
      Config config, Collection<Host> hosts, Question<T> question) {
    var answers = new ConcurrentHashMap<String, Answer<T>>();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Host host : hosts) {
        workers.execute(
            () -> {
              try (HostEngine engine = HostEngine.connect(host, config.dockerSettings())) {
                answers.put(host.hostname(), new Answer<>(question.ask(host, engine), ""));
              } catch (Exception failed) {
                answers.put(
                    host.hostname(), new Answer<>(null, String.valueOf(failed.getMessage())));
              }
            });
      }
    }
    return new TreeMap<>(answers);
  }
}
