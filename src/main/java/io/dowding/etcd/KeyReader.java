package io.dowding.etcd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.dowding.compose.HostReader;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.JsonProblem;
import io.dowding.compose.ServiceReader;
import io.dowding.keys.Key;
import io.dowding.keys.KeyProblem;
import io.dowding.keys.Parsed;
import io.dowding.keys.StoreChange;
import io.dowding.model.Availability;
import io.dowding.model.Content;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import io.dowding.model.Printable;
import io.dowding.model.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Parses keys and values. Every value a user can write has a result; at worst a problem. */
public final class KeyReader {

  private static final int SHOWN = 80;
  private static final int LONGEST_PROBLEM = 7000;

  /** A host or a record has some hundred bytes. */
  private static final int MOST_BYTES = 64 * 1024;

  private KeyReader() {}

  /** Parses a value or throws with the reason. */
  @FunctionalInterface
  private interface Reading<T> {
    T read(byte[] value) throws InvalidServiceException, IOException;
  }

  /** Parses a change below the base key that a watch reported. */
  public static Optional<StoreChange> of(String base, Kv.Change change) {
    Kv.Entry entry = change.entry();
    String key = change.key().substring(base.length() + 1);
    return entry == null ? read(key, null, change.revision()) : read(key, entry);
  }

  /**
   * @param key below the base key
   */
  static Optional<StoreChange> read(String key, Kv.Entry entry) {
    String problem = entry.sealing().problem();
    if (problem != null && Names.isContentKey(key)) {
      return Optional.of(
          new StoreChange.OfContent(key, new Parsed.Invalid<>(problem), entry.modified()));
    }
    return read(key, entry.value(), entry.modified());
  }

  /**
   * @param key below the base key, such as {@code services/web}
   * @param value null if the key does not exist
   * @return empty for keys that belong to others
   */
  static Optional<StoreChange> read(String key, byte @Nullable [] value, long revision) {
    int slash = key.indexOf('/');
    String kind = slash < 0 ? key : key.substring(0, slash);
    String name = slash < 0 ? "" : key.substring(slash + 1);
    return switch (kind) {
      case "services" -> Optional.of(service(key, name, value, revision));
      case "pins" -> Optional.of(pin(key, name, value, revision));
      case "hosts" -> Optional.of(word(key, name, value, revision));
      case "allocations" -> Optional.of(allocation(key, name, value, revision));
      case "inventory" -> Optional.of(inventory(key, name, value, revision));
      case "release" -> Optional.of(new StoreChange.OfRelease(name, value != null, revision));
      case Key.CLUSTER -> Optional.of(cluster(value, revision));
      case "leader" -> Optional.of(leader(key, name, value, revision));
      case Key.SEQUENCE -> Optional.of(new StoreChange.OfSequence(revision));
      case "configs", "secrets" -> Optional.of(content(key, name, value, revision));
      case "status", "versions", "work" -> Optional.empty();
      default ->
          Optional.of(
              unusable(
                  key,
                  "unknown key; you can write services/, configs/, secrets/,"
                      + " pins/, hosts/, inventory/ and release/",
                  value,
                  revision));
    };
  }

  private static StoreChange service(
      String key, String name, byte @Nullable [] value, long revision) {
    if (!Names.isService(name)) {
      return badName(
          key,
          "is not a service name: lower-case letters, digits, _ and -, at most 63",
          value,
          revision);
    }
    Parsed<Service> read = parsed(value, v -> ServiceReader.read(name, revision, v));
    String json = value != null && read instanceof Parsed.Valid ? text(value) : "";
    return new StoreChange.OfService(name, read, json, revision);
  }

  private static StoreChange content(
      String key, String name, byte @Nullable [] value, long revision) {
    return Names.isContent(name)
        ? new StoreChange.OfContent(
            key, value == null ? null : new Parsed.Valid<>(Content.of(value)), revision)
        : badName(key, "must be letters, digits, _, . and -, at most 63", value, revision);
  }

  private static StoreChange pin(String key, String name, byte @Nullable [] value, long revision) {
    // The job of a global service ends in a hostname, which need not look like a job's number.
    if (!Names.isJob(name)) {
      return badName(key, "is not the name of a job or service", value, revision);
    }
    return new StoreChange.OfPin(
        name,
        parsed(
            value,
            v -> word(v, Pin::parse, "is not a pin: write one hostname, or job:<job or service>")),
        revision);
  }

  private static StoreChange word(String key, String name, byte @Nullable [] value, long revision) {
    if (!Names.isHostname(name)) {
      return badName(key, "is not a hostname in lower case", value, revision);
    }
    return new StoreChange.OfHostWord(
        name,
        parsed(value, v -> word(v, Availability::parse, "is not active, pause, drain or gone")),
        revision);
  }

  private static StoreChange allocation(
      String key, String name, byte @Nullable [] value, long revision) {
    if (!Names.isJob(name)) {
      return badName(key, "is not the name of a job", value, revision);
    }
    return new StoreChange.OfAllocation(
        name, parsed(value, v -> Json.allocation(name, small(v), revision)), revision);
  }

  private static StoreChange inventory(
      String key, String name, byte @Nullable [] value, long revision) {
    if (!Names.isHostname(name)) {
      return badName(key, "is not a hostname in lower case", value, revision);
    }
    return new StoreChange.OfInventory(
        name, parsed(value, v -> HostReader.read(name, Json.parse(small(v)))), revision);
  }

  private static byte[] small(byte[] value) throws IOException {
    if (value.length > MOST_BYTES) {
      throw new IOException(
          "is " + value.length + " bytes long, more than the " + MOST_BYTES + " allowed");
    }
    return value;
  }

  /** Parses a candidacy. A foreign key here would lead and never act, so it is reported. */
  private static StoreChange leader(
      String key, String name, byte @Nullable [] value, long revision) {
    boolean candidate = value == null || (value.length <= MOST_BYTES && Json.isCandidate(value));
    return candidate
        ? new StoreChange.OfLeader(name, value != null, revision)
        : unusable(key, "is not a candidacy; delete it", value, revision);
  }

  private static <T> T word(byte[] value, Function<String, @Nullable T> parse, String problem) {
    T read = value.length > MOST_BYTES ? null : parse.apply(text(value));
    if (read == null) {
      throw new IllegalArgumentException("\"" + shown(value) + "\" " + problem);
    }
    return read;
  }

  /**
   * Any error while reading a value, even an unexpected one, is a problem of that value: no key may
   * end the thread that reads them all.
   */
  private static <T> @Nullable Parsed<T> parsed(byte @Nullable [] value, Reading<T> reading) {
    if (value == null) {
      return null;
    }
    try {
      return new Parsed.Valid<>(reading.read(value));
    } catch (InvalidServiceException invalid) {
      return invalid(String.join("; ", invalid.problems()));
    } catch (JsonProcessingException bad) {
      return invalid("is not JSON: " + JsonProblem.of(bad));
    } catch (IOException | IllegalArgumentException bad) {
      return invalid(String.valueOf(bad.getMessage()));
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError beyond) {
      return invalid(
          "cannot be read ("
              + beyond.getClass().getSimpleName()
              + "): make it smaller or simpler, and please report this");
    }
  }

  private static <T> Parsed<T> invalid(String problem) {
    return new Parsed.Invalid<>(Printable.of(problem, LONGEST_PROBLEM));
  }

  private static StoreChange badName(
      String key, String problem, byte @Nullable [] value, long revision) {
    return unusable(key, KeyProblem.NAME + problem, value, revision);
  }

  private static StoreChange unusable(
      String key, String problem, byte @Nullable [] value, long revision) {
    return new StoreChange.OfNothing(key, value == null ? null : problem, revision);
  }

  private static StoreChange cluster(byte @Nullable [] value, long revision) {
    JsonNode node =
        Json.tree(value == null || value.length > MOST_BYTES ? new byte[0] : value)
            .orElse(MissingNode.getInstance());
    String uuid = node.path("uuid").asText("");
    long floor = node.path("floor").asLong();
    boolean usable = !uuid.isEmpty() && floor >= 0 && floor <= StoreChange.OfCluster.MOST_FLOOR;
    return usable
        ? new StoreChange.OfCluster(uuid, floor, revision)
        : new StoreChange.OfCluster(null, 0, value == null ? 0 : revision);
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  private static String shown(byte[] value) {
    return Printable.of(text(value).strip(), SHOWN);
  }
}
