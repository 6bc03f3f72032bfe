package io.dowding.docker;

import com.github.dockerjava.api.exception.DockerException;
import io.dowding.model.Container;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Inspects our containers during a list. An engine may be unable to describe one of them: a call
 * for it hangs, or its files are damaged. Such a container is shown as it was, as far as the list
 * agrees, so that this affects neither its host nor other containers. Thread-safe, but for one list
 * at a time.
 */
final class Descriptions {

  /** For each container after the first that is not described in time. */
  private static final Duration BRIEFLY = Duration.ofMillis(200);

  private final Duration patience;
  private final Map<String, Container> last = new ConcurrentHashMap<>();
  private volatile String problem = "";

  /** Inspects a container; null if it does not exist. */
  interface Inspection {
    @Nullable Container of(String id, Duration silence);
  }

  /**
   * @param patience how long the engine may take for one container
   */
  Descriptions(Duration patience) {
    this.patience = patience;
  }

  /** Notes what an inspection of one of our containers has shown. */
  void inspected(Container container) {
    last.put(container.id(), container);
  }

  /**
   * The containers as inspected, without those that no longer exist.
   *
   * @param listed as in the list
   * @param own a listed container without the labels of its image
   */
  List<Container> of(
      List<Container> listed, Inspection inspection, Function<Container, Container> own) {
    last.keySet().retainAll(listed.stream().map(Container::id).collect(Collectors.toSet()));
    List<Container> all = new ArrayList<>();
    SortedMap<String, String> failed = new TreeMap<>();
    for (Container container : listed) {
      Container found = null;
      try {
        found = inspection.of(container.id(), failed.isEmpty() ? patience : BRIEFLY);
      } catch (DockerException | UncheckedIOException broken) {
        failed.put(container.name(), ofOne(broken));
        Container before = last.get(container.id());
        found =
            before != null && before.state() == container.state() ? before : own.apply(container);
      }
      if (found != null) {
        all.add(found);
      }
    }
    problem = failed.isEmpty() ? "" : words(failed);
    return all;
  }

  /** Why this container is not described; throws what concerns the whole host. */
  private static String ofOne(RuntimeException broken) {
    if (broken instanceof DockerException refused && refused.getHttpStatus() >= 500) {
      return Failures.words(refused);
    }
    if (broken.getCause() instanceof SocketTimeoutException) {
      return "no answer";
    }
    throw broken;
  }

  private static String words(SortedMap<String, String> failed) {
    String first = failed.firstKey();
    int others = failed.size() - 1;
    return "the engine cannot describe "
        + first
        + (others == 0 ? "" : " and " + others + " more")
        + " ("
        + failed.get(first)
        + "), which the status shows as last seen: docker rm -f "
        + first
        + ", or restart Docker there";
  }

  /** What needs a person, as of the last list; empty if nothing does. */
  String problem() {
    return problem;
  }
}
