package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The definitions of a service that are kept in {@code versions/}, the newest first. */
final class Generations {

  /**
   * One of them.
   *
   * @param what {@code present}, {@code failed}, {@code good} or {@code earlier}
   */
  record Generation(long generation, String what, ObjectNode definition, String digest) {

    String image() {
      return definition.path("image").asText();
    }

    /**
     * To be written again: with the number of jobs that there is now, and with just the image that
     * ran.
     */
    ObjectNode restored(JsonNode present) {
      ObjectNode copy = definition.deepCopy();
      if (copy.path("x-dowding") instanceof ObjectNode extras) {
        extras.remove("restart");
      }
      JsonNode replicas = present.path("deploy").path("replicas");
      boolean isGlobal = copy.path("deploy").path("mode").asText().equals("global");
      if (replicas.isMissingNode() && copy.path("deploy") instanceof ObjectNode deploy) {
        deploy.remove("replicas");
      } else if (!replicas.isMissingNode() && !isGlobal) {
        copy.withObjectProperty("deploy").set("replicas", replicas);
      }
      if (what.equals("earlier") && !digest.isEmpty() && !image().contains("@")) {
        copy.put("image", image() + "@" + digest);
      }
      return copy;
    }
  }

  private final List<Generation> all = new ArrayList<>();

  private Generations(JsonNode versions) {
    long valid = versions.path("generation").asLong();
    JsonNode good = versions.path("good");
    long goodOne = good.path("generation").asLong();
    boolean failed = versions.path("failed").path("generation").asLong() == valid;
    add(valid, failed ? "failed" : "present", versions.path("valid"), versions);
    if (good.has("definition")) {
      add(goodOne, "good", good.path("definition"), good);
    }
    for (JsonNode one : versions.path("earlier")) {
      add(one.path("generation").asLong(), "earlier", one.path("definition"), one);
    }
  }

  private void add(long generation, String what, JsonNode definition, JsonNode around) {
    if (definition instanceof ObjectNode object) {
      all.add(new Generation(generation, what, object, around.path("digest").asText("")));
    }
  }

  static Generations of(EtcdKeys keys, String service) throws Exception {
    return new Generations(
        DowdingCommand.read(
            keys.get(Key.VERSIONS + service).map(EtcdKeys.Value::text).orElse("{}")));
  }

  List<Generation> all() {
    return all;
  }

  /** The one to go back to. */
  @Nullable Generation last() {
    return all.size() < 2 ? null : all.get(1);
  }

  @Nullable Generation find(long generation) {
    return all.stream().filter(one -> one.generation() == generation).findFirst().orElse(null);
  }
}
