package io.dowding.cli;

import io.dowding.docker.HostEngine;
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

  /** The answers of these hosts, by hostname. */
  static <T> SortedMap<String, Answer<T>> ask(
      Config config, Collection<Host> hosts, Question<T> question) {
    var answers = new ConcurrentHashMap<String, Answer<T>>();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Host host : hosts) {
        workers.execute(
            () -> {
              try (HostEngine engine = HostEngine.connect(host, config.dockerSettings())) {
                answers.put(host.hostname(), new Answer<>(question.ask(host, engine), ""));
              } catch (Throwable failed) {
                // Not only exceptions: a host without an answer would look as if it had no
                // containers.
                answers.put(host.hostname(), new Answer<>(null, words(host, failed)));
              }
            });
      }
    }
    return new TreeMap<>(answers);
  }

  private static String words(Host host, Throwable failed) {
    String message = failed.getMessage();
    return message == null ? host.hostname() + ": " + failed : message;
  }
}
