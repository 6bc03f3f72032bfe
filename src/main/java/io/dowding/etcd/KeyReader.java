package io.dowding.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.dowding.compose.HostReader;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.control.Parsed;
import io.dowding.control.StoreChange;
import io.dowding.model.Availability;
import io.dowding.model.Content;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a key and its value mean. Whatever somebody writes, it has a meaning: at worst a problem.
 */
public final class KeyReader {

  private static final int SHOWN = 80;

  private KeyReader() {}

  /** What a watch told of a key below the base key. */
  public static Optional<StoreChange> of(String base, Kv.Change change) {
    Kv.Entry entry = change.entry();
    String key = change.key().substring(base.length() + 1);
    return read(key, entry == null ? null : entry.value(), change.revision());
  }

  /**
   * @param key below the base key, as {@code services/web}
   * @param value null where the key is not there
   * @return nothing for keys that are others' business
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
      case "cluster" -> Optional.of(cluster(value, revision));
      case "leader" -> Optional.of(new StoreChange.OfLeader(name, value != null, revision));
      case "sequence" -> Optional.of(new StoreChange.OfSequence(revision));
      case "configs", "secrets" -> Optional.of(content(key, name, value, revision));
      case "status", "versions" -> Optional.empty();
      default ->
          Optional.of(
              new StoreChange.OfNothing(
                  key,
                  "there is no such kind of key; those that are written by people are services/,"
                      + " configs/, secrets/, pins/, hosts/, inventory/ and release/",
                  revision));
    };
  }

  private static StoreChange service(
      String key, String name, byte @Nullable [] value, long revision) {
    if (!Names.isService(name)) {
      return badName(
          key,
          "is not a service's name: lower case letters, digits, _ and -, at most 63",
          revision);
    }
    if (value == null) {
      return new StoreChange.OfService(name, null, "", revision);
    }
    try {
      Service service = ServiceReader.read(name, revision, value);
      return new StoreChange.OfService(name, new Parsed.Valid<>(service), text(value), revision);
    } catch (InvalidServiceException invalid) {
      return new StoreChange.OfService(
          name, new Parsed.Invalid<>(String.join("; ", invalid.problems())), "", revision);
    }
  }

  private static StoreChange content(
      String key, String name, byte @Nullable [] value, long revision) {
    return Names.isContent(name)
        ? new StoreChange.OfContent(key, value == null ? null : Content.of(value), revision)
        : badName(key, "is not of letters, digits, _, . and -, at most 63", revision);
  }

  private static StoreChange pin(String key, String name, byte @Nullable [] value, long revision) {
    // A global service's job has a hostname behind the dot, which may look like no job's part.
    if (!Names.isJob(name)) {
      return badName(key, "is not the name of a job or service", revision);
    }
    Pin pin = value == null ? null : Pin.parse(text(value));
    return new StoreChange.OfPin(
        name,
        parsed(value, pin, "is not a pin: write a hostname, or job: and a job or service"),
        revision);
  }

  private static StoreChange word(String key, String name, byte @Nullable [] value, long revision) {
    if (!Names.isHostname(name)) {
      return badName(key, "is not a hostname in lower case", revision);
    }
    Availability word = value == null ? null : Availability.parse(text(value));
    return new StoreChange.OfHostWord(
        name, parsed(value, word, "is not active, pause, drain or gone"), revision);
  }

  private static StoreChange allocation(
      String key, String name, byte @Nullable [] value, long revision) {
    if (!Names.isJob(name)) {
      return badName(key, "is not the name of a job", revision);
    }
    if (value == null) {
      return new StoreChange.OfAllocation(name, null, revision);
    }
    try {
      return new StoreChange.OfAllocation(
          name, new Parsed.Valid<>(Json.allocation(name, value, revision)), revision);
    } catch (IOException unreadable) {
      return new StoreChange.OfAllocation(
          name, new Parsed.Invalid<>("is not an allocation: " + unreadable.getMessage()), revision);
    }
  }

  private static StoreChange inventory(
      String key, String name, byte @Nullable [] value, long revision) {
    if (!Names.isHostname(name)) {
      return badName(key, "is not a hostname in lower case", revision);
    }
    if (value == null) {
      return new StoreChange.OfInventory(name, null, revision);
    }
    Parsed<Host> host;
    try {
      JsonNode node = Json.tree(value).orElseThrow(() -> new IllegalArgumentException("not JSON"));
      host = new Parsed.Valid<>(HostReader.read(name, node));
    } catch (IllegalArgumentException bad) {
      host = new Parsed.Invalid<>(String.valueOf(bad.getMessage()));
    }
    return new StoreChange.OfInventory(name, host, revision);
  }

  private static <T> @Nullable Parsed<T> parsed(
      byte @Nullable [] value, @Nullable T read, String problem) {
    if (value == null) {
      return null;
    }
    return read == null
        ? new Parsed.Invalid<>("\"" + shown(value) + "\" " + problem)
        : new Parsed.Valid<>(read);
  }

  private static StoreChange badName(String key, String problem, long revision) {
    return new StoreChange.OfNothing(key, "the name behind the / " + problem, revision);
  }

  private static StoreChange cluster(byte @Nullable [] value, long revision) {
    JsonNode node =
        Json.tree(value == null ? new byte[0] : value).orElse(MissingNode.getInstance());
    String uuid = node.path("uuid").asText("");
    return uuid.isEmpty()
        ? new StoreChange.OfCluster(null, 0, revision)
        : new StoreChange.OfCluster(uuid, node.path("floor").asLong(), revision);
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  private static String shown(byte[] value) {
    String text = text(value).strip();
    return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
  }
}
