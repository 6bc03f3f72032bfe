package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Any Compose file")
class ProjectPropertiesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TRIES = 3000;

  /** Written in JSON, which is also YAML, so that values can be moved and replaced. */
  private static final String FULL =
      """
      {"name":"shop","services":{"db":{"image":"postgres","volumes":["data:/d"],
       "networks":["back"],"profiles":[],"healthcheck":{"test":"a","interval":"1s"}},
       "web":{"image":"nginx:${TAG:-1}","command":"a b","environment":{"A":"1","B":null},
       "depends_on":{"db":{"condition":"service_healthy","required":true}},
       "ports":["8080:80",{"target":53,"protocol":"udp"}],"labels":["a=b"],
       "networks":{"back":{"aliases":["api"]},"front":null},"configs":["site"],
       "secrets":[{"source":"key","target":"k"}],"extra_hosts":["a=1.1.1.1"],
       "deploy":{"replicas":2,"resources":{"limits":{"cpus":"0.5"}}},"links":["db:base"],
       "pre_start":[{"command":["true"],"environment":{"A":"2"}}],"tmpfs":"/tmp",
       "ulimits":{"nofile":{"soft":1,"hard":2}},"x-dowding":{"exclusive":true}},
       "more":{"extends":{"service":"web"},"scale":2}},
       "volumes":{"data":{"driver_opts":{"type":"nfs"}}},
       "networks":{"back":{"internal":true},"front":{"name":"edge","external":true}},
       "configs":{"site":{"content":"x"}},"secrets":{"key":{"environment":"KEY"}}}
      """;

  private static Project load(String text) {
    return ProjectLoader.load(
        ProjectOptions.of(Path.of("/shop/compose.yaml"), Map.of("KEY", "secret")),
        new MemoryFiles().with("/shop/compose.yaml", text));
  }

  private static SortedMap<String, String> meanings(Project project) {
    SortedMap<String, String> all = new TreeMap<>();
    project.contents().forEach((key, content) -> all.put(key, content.hash()));
    project
        .services()
        .forEach((name, service) -> all.put(name, Meaning.of(name, service.definition())));
    return all;
  }

  private static JsonNode shuffled(JsonNode node, SplittableRandom random) {
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    List<Map.Entry<String, JsonNode>> entries = new ArrayList<>(object.properties());
    ObjectNode copy = JSON.createObjectNode();
    while (!entries.isEmpty()) {
      var one = entries.remove(random.nextInt(entries.size()));
      copy.set(one.getKey(), shuffled(one.getValue(), random));
    }
    return copy;
  }

  private static void mutate(JsonNode node, SplittableRandom random) {
    JsonNode[] some = {
      TextNode.valueOf(""),
      TextNode.valueOf("${"),
      TextNode.valueOf("a:b:c:d"),
      TextNode.valueOf("99999999999999999999"),
      JSON.getNodeFactory().numberNode(-1.5e300),
      JSON.getNodeFactory().numberNode(7),
      JSON.nullNode(),
      JSON.createArrayNode().add(JSON.createArrayNode()),
      JSON.createObjectNode().put("", true),
      JSON.createObjectNode().put("a", "b"),
      JSON.getNodeFactory().booleanNode(true)
    };
    JsonNode by = some[random.nextInt(some.length)];
    if (node instanceof ObjectNode object && !object.isEmpty()) {
      var at = new ArrayList<>(object.properties()).get(random.nextInt(object.size()));
      if (at.getValue().isContainerNode() && random.nextInt(4) > 0) {
        mutate(at.getValue(), random);
      } else {
        object.set(at.getKey(), by);
      }
    } else if (node instanceof ArrayNode array && !array.isEmpty()) {
      array.set(random.nextInt(array.size()), by);
    }
  }

  @Test
  @DisplayName("is a project or refused, with the file and line of each problem")
  void places() throws Exception {
    SplittableRandom random = new SplittableRandom(4);
    JsonNode full = JSON.readTree(FULL);
    assertThat(load(FULL).problems()).isEmpty();
    int refused = 0;
    List<String> wrong = new ArrayList<>();
    for (int n = 0; n < TRIES; n++) {
      JsonNode mutated = full.deepCopy();
      mutate(mutated, random);
      Project project = load(mutated.toString());
      refused += project.problems().isEmpty() ? 0 : 1;
      for (String problem : project.problems()) {
        if (!problem.matches("(?s)/shop/compose\\.yaml:\\d+:\\d+: .+")) {
          wrong.add(problem + " of " + mutated);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(refused).isBetween(TRIES / 4, TRIES - 1);
  }

  @Test
  @DisplayName("has the same meaning with its keys in any order")
  void order() throws Exception {
    SplittableRandom random = new SplittableRandom(5);
    JsonNode full = JSON.readTree(FULL);
    SortedMap<String, String> meaning = meanings(load(FULL));
    assertThat(meaning).containsKeys("shop-db", "shop-web", "shop-more", "configs/shop_site");
    for (int n = 0; n < 300; n++) {
      assertThat(meanings(load(shuffled(full, random).toString()))).isEqualTo(meaning);
    }
  }
}
