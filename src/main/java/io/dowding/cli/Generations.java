package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The definitions of a service that are kept in {@code versions/}, the newest first. */
final class Generations {

  /**
   * One of them.
   *
   * @param what {@code present}, {@code failed}, {@code good} or {@code earlier}; {@code valid} is
   *     the last one that an agent could use, if the key has another value
   * @param pins whether its tag may point to another image by now
   */
  record Generation(
      long generation, String what, ObjectNode definition, String digest, boolean pins) {

    boolean isGood() {
      return what.equals("good");
    }

    String image() {
      return definition.path("image").asText();
    }

    /**
     * To be written again: with the number of jobs that there is now, and with just the image that
     * ran.
     *
     * @param present the value of the key, which may be anything
     */
    ObjectNode restored(String present) {
      ObjectNode copy = definition.deepCopy();
      if (copy.path("x-dowding") instanceof ObjectNode extras) {
        extras.remove("restart");
      }
      Optional<JsonNode> now = usable(present);
      JsonNode replicas = now.orElse(copy).path("deploy").path("replicas");
      boolean isGlobal = copy.path("deploy").path("mode").asText().equals("global");
      if (replicas.isMissingNode() && copy.path("deploy") instanceof ObjectNode deploy) {
        deploy.remove("replicas");
      } else if (!replicas.isMissingNode() && !isGlobal) {
        copy.withObjectProperty("deploy").set("replicas", replicas);
      }
      if (pins && !digest.isEmpty() && !image().contains("@")) {
        copy.put("image", image() + "@" + digest);
      }
      return copy;
    }

    private static Optional<JsonNode> usable(String definition) {
      try {
        ServiceReader.read("service", 0, definition.getBytes(StandardCharsets.UTF_8));
        return Optional.of(DowdingCommand.read(definition));
      } catch (InvalidServiceException | JsonProcessingException unusable) {
        return Optional.empty();
      }
    }
  }

  private final List<Generation> all = new ArrayList<>();

  private final boolean isOfKey;

  /**
   * @param revision of the service's key
   */
  private Generations(JsonNode versions, long revision) {
    long valid = versions.path("generation").asLong();
    JsonNode good = versions.path("good");
    long goodOne = good.path("generation").asLong();
    boolean failed = versions.path("failed").path("generation").asLong() == valid;
    isOfKey = valid == revision;
    String word = failed ? "failed" : isOfKey ? "present" : "valid";
    add(valid, word, versions.path("valid"), versions, false);
    if (good.has("definition")) {
      add(goodOne, "good", good.path("definition"), good, versions.path("moved").asBoolean());
    }
    for (JsonNode one : versions.path("earlier")) {
      add(one.path("generation").asLong(), "earlier", one.path("definition"), one, true);
    }
  }

  private void add(
      long generation, String what, JsonNode definition, JsonNode around, boolean pins) {
    if (definition instanceof ObjectNode object) {
      String digest = around.path("digest").asText("");
      all.add(new Generation(generation, what, object, digest, pins));
    }
  }

  static Generations of(EtcdKeys keys, String service) {
    long revision = keys.get(Key.SERVICES + service).map(EtcdKeys.Value::revision).orElse(0L);
    String versions = keys.get(Key.VERSIONS + service).map(EtcdKeys.Value::text).orElse("{}");
    try {
      return new Generations(DowdingCommand.read(versions), revision);
    } catch (JsonProcessingException damaged) {
      throw new IllegalStateException(
          Key.VERSIONS
              + service
              + " in etcd cannot be read: delete that key; the agent writes it again with the next change",
          damaged);
    }
  }

  List<Generation> all() {
    return all;
  }

  /**
   * The one to go back to: the good one. If the key has a value that is not used, because it is
   * invalid or no agent has seen it, the one in use, and not the one before it.
   */
  @Nullable Generation last() {
    boolean isNewer = !isOfKey && !all.isEmpty() && (all.size() < 2 || !all.get(1).isGood());
    return isNewer ? all.getFirst() : all.size() < 2 ? null : all.get(1);
  }

  @Nullable Generation find(long generation) {
    return all.stream().filter(one -> one.generation() == generation).findFirst().orElse(null);
  }
}
