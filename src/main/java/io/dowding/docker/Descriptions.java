package io.dowding.docker;

import com.github.dockerjava.api.exception.DockerException;
import io.dowding.model.Container;
import io.dowding.model.Printable;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** How many containers get all the patience during one list; the others get less. */
  private static final int IN_FULL = 2;

  private static final Duration BRIEFLY = Duration.ofMillis(200);

  /** The others get this many times what the slowest described one took. */
  private static final int TIMES_THE_SLOWEST = 4;

  private static final int LONGEST_NAME = 100;

  private final Duration patience;
  private final Map<String, Container> last = new ConcurrentHashMap<>();

  /** The ids of those that were not described although they had all the patience. */
  private Set<String> undescribed = Set.of();

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
    Set<String> still = new HashSet<>();
    Duration slowest = Duration.ZERO;
    for (Container container : worstLast(listed)) {
      Container found = null;
      boolean inFull = failed.size() < IN_FULL;
      long begin = System.nanoTime();
      try {
        found = inspection.of(container.id(), inFull ? patience : brief(slowest));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        slowest = took.compareTo(slowest) > 0 ? took : slowest;
      } catch (DockerException | UncheckedIOException broken) {
        failed.put(name(container), ofOne(broken));
        found = asBefore(container);
        found = found == null ? own.apply(container) : found;
        if (inFull || undescribed.contains(container.id())) {
          still.add(container.id());
        }
      }
      if (found != null) {
        all.add(found);
      }
    }
    undescribed = still;
    problem = failed.isEmpty() ? "" : words(failed);
    return all;
  }

  /** The others get all the patience, and show how fast this engine is. */
  private List<Container> worstLast(List<Container> listed) {
    List<Container> sorted = new ArrayList<>(listed);
    sorted.sort(Comparator.comparing(container -> undescribed.contains(container.id())));
    return sorted;
  }

  private Duration brief(Duration slowest) {
    Duration enough = slowest.multipliedBy(TIMES_THE_SLOWEST);
    Duration brief = enough.compareTo(BRIEFLY) > 0 ? enough : BRIEFLY;
    return brief.compareTo(patience) < 0 ? brief : patience;
  }

  /** As last described, but no healthier than in the list; null if the list does not agree. */
  private @Nullable Container asBefore(Container listed) {
    Container before = last.get(listed.id());
    if (before == null
        || before.state() != listed.state()
        || !before.name().equals(listed.name())) {
      return null;
    }
    // Not every engine lists the health.
    return listed.health() == null ? before : before.withHealth(listed.health());
  }

  /** One that is being removed may have none. */
  private static String name(Container container) {
    return container.name().isEmpty()
        ? container.shortId()
        : Printable.of(container.name(), LONGEST_NAME);
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
        + "), which the status shows as last seen: if this lasts, docker rm -f "
        + first
        + ", or restart Docker there";
  }

  /** What needs a person, as of the last list; empty if nothing does. */
  String problem() {
    return problem;
  }
}
