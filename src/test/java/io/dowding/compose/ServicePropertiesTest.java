package io.dowding.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A service definition")
class ServicePropertiesTest {

  private static final int TRIES = 20_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A definition with every kind of field. */
  private static final String FULL =
      """
      {"image":"nginx:1.29","command":["a","b"],"environment":{"B":"2","A":"1"},
       "ports":["8080:80","127.0.0.1:53:53/udp"],"volumes":["data:/d",{"type":"tmpfs",
       "target":"/t","tmpfs":{"size":"1m"}}],"labels":{"x":"1","y":"2"},
       "healthcheck":{"test":["CMD","true"],"interval":"5s","retries":2},
       "networks":{"back":{"aliases":["one","two"]},"front":null},"cap_add":["NET_ADMIN"],
       "ulimits":{"nofile":{"soft":10,"hard":20}},"sysctls":{"a":"1","b":"2"},"init":true,
       "depends_on":{"db":{"condition":"service_healthy"}},"logging":{"driver":"json-file",
       "options":{"max-size":"1m","max-file":"2"}},"deploy":{"replicas":3,"update_config":
       {"order":"start-first","delay":"1s"},"resources":{"limits":{"cpus":"0.5","memory":"64M"}},
       "placement":{"constraints":["node.tags == a"]},"restart_policy":{"delay":"5s",
       "window":"1m"}},"configs":[{"source":"site","target":"/etc/site","mode":"0440"}],
       "secrets":["key"],"volumes_from":["data:ro"],"pull_policy":"every_12h","post_start":
       [{"command":["true"],"environment":{"B":"2","A":"1"}}],"pre_stop":[{"command":"a b"}],
       "pre_start":[{"image":"tool:1"},{"command":["true"],"environment":{"B":"2","A":"1"}}],
       "x-dowding":{"volumes":{"data":{"driver_opts":{"type":"nfs"}}},"exclusive":true,
       "configs":{"site":{"content":"x"}}}}
      """;

  private static List<String> problems(byte[] json) {
    try {
      ServiceReader.read("web", 1, json);
      return List.of();
    } catch (InvalidServiceException invalid) {
      return invalid.problems();
    }
  }

  private static String hash(String json) throws InvalidServiceException {
    return ServiceReader.read("web", 1, json.getBytes(StandardCharsets.UTF_8)).specHash();
  }

  private static JsonNode shuffled(JsonNode node, SplittableRandom random) {
    if (node instanceof ObjectNode object) {
      List<Map.Entry<String, JsonNode>> entries = new ArrayList<>(object.properties());
      ObjectNode copy = JSON.createObjectNode();
      while (!entries.isEmpty()) {
        var one = entries.remove(random.nextInt(entries.size()));
        copy.set(one.getKey(), shuffled(one.getValue(), random));
      }
      return copy;
    }
    return node;
  }

  /** Replaces one value anywhere in the tree. */
  private static void mutate(JsonNode node, SplittableRandom random) {
    JsonNode[] some = {
      TextNode.valueOf(""),
      TextNode.valueOf("\u0000\ud800"),
      TextNode.valueOf("999999999999999999999"),
      JSON.getNodeFactory().numberNode(-1.5e300),
      JSON.nullNode(),
      JSON.createArrayNode().add(JSON.createArrayNode()),
      JSON.createObjectNode().put("", true),
      JSON.getNodeFactory().booleanNode(true)
    };
    JsonNode by = some[random.nextInt(some.length)];
    if (node instanceof ObjectNode object && !object.isEmpty()) {
      var at = new ArrayList<>(object.properties()).get(random.nextInt(object.size()));
      if (at.getValue().isContainerNode() && random.nextBoolean()) {
        mutate(at.getValue(), random);
      } else {
        object.set(at.getKey(), by);
      }
    } else if (node instanceof ArrayNode array && !array.isEmpty()) {
      int at = random.nextInt(array.size());
      if (array.get(at).isContainerNode() && random.nextBoolean()) {
        mutate(array.get(at), random);
      } else {
        array.set(at, by);
      }
    }
  }

  @Test
  @DisplayName("of random bytes is read or refused, without other exceptions")
  void anyBytes() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] full = FULL.getBytes(StandardCharsets.UTF_8);
    for (int n = 0; n < TRIES; n++) {
      byte[] json = full.clone();
      for (int mutated = random.nextInt(1, 4); mutated > 0; mutated--) {
        json[random.nextInt(json.length)] = (byte) random.nextInt(256);
      }
      for (String problem : problems(json)) {
        assertThat(problem).isNotBlank();
      }
      byte[] noise = new byte[random.nextInt(40)];
      random.nextBytes(noise);
      assertThat(problems(noise)).isNotEmpty();
    }
  }

  @Test
  @DisplayName("is refused with the path of each problem")
  void paths() throws Exception {
    SplittableRandom random = new SplittableRandom(2);
    JsonNode full = JSON.readTree(FULL);
    int refused = 0;
    for (int n = 0; n < TRIES; n++) {
      JsonNode mutated = full.deepCopy();
      mutate(mutated, random);
      List<String> problems = problems(mutated.toString().getBytes(StandardCharsets.UTF_8));
      refused += problems.isEmpty() ? 0 : 1;
      for (String problem : problems) {
        String first = problem.replaceFirst("[.:\\[].*", "");
        assertThat(full.has(first)).as(problem).isTrue();
        assertThat(problem).contains(": ");
      }
    }
    assertThat(refused).isGreaterThan(TRIES / 2);
  }

  @Test
  @DisplayName("has the same hash with its keys in any order")
  void order() throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    JsonNode full = JSON.readTree(FULL);
    String hash = hash(FULL);
    for (int n = 0; n < 1000; n++) {
      assertThat(hash(shuffled(full, random).toString())).isEqualTo(hash);
    }
  }

  @ParameterizedTest(name = "{0} as {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'command':'a b'            | 'command':['a','b']",
        "'environment':['A=1']      | 'environment':{'A':1}",
        "'ports':['8080:80']        | 'ports':[{'target':80,'published':'8080'}]",
        "'volumes':['d:/d:ro']      | 'volumes':[{'type':'volume','source':'d','target':'/d','read_only':true}]",
        "'volumes':['/a:/d:rslave'] | 'volumes':[{'type':'bind','source':'/a','target':'/d','bind':{'propagation':'rslave'}}]",
        "'volumes':['d:/d:nocopy']  | 'volumes':[{'type':'volume','source':'d','target':'/d','volume':{'nocopy':true}}]",
        "'networks':['n']           | 'networks':{'n':null,'default':null}",
        "'networks':['default']     | 'x-none':1",
        "'labels':['a=b']           | 'labels':{'a':'b'}",
        "'sysctls':['a=1']          | 'sysctls':{'a':1}",
        "'tmpfs':'/run'             | 'tmpfs':['/run']",
        "'dns':'1.1.1.1'            | 'dns':['1.1.1.1']",
        "'extra_hosts':['a:1.1.1.1'] | 'extra_hosts':{'a':'1.1.1.1'}",
        "'ulimits':{'nproc':9}      | 'ulimits':{'nproc':{'soft':9,'hard':9}}",
        "'mem_limit':'64m'          | 'deploy':{'resources':{'limits':{'memory':'67108864'}}}",
        "'healthcheck':{'test':'a'} | 'healthcheck':{'test':['CMD-SHELL','a']}",
        "'stop_grace_period':'90s'  | 'stop_grace_period':'1m30s'",
        "'restart':'on-failure:3'   | 'deploy':{'restart_policy':{'condition':'on-failure','max_attempts':3}}",
        "'configs':['a']            | 'configs':[{'source':'a','target':'/a','uid':'0','mode':'0444'}]",
        "'secrets':['a']            | 'secrets':[{'source':'a','target':'/run/secrets/a','mode':292}]",
        "'restart':'no'             | 'restart':'always','deploy':{'restart_policy':{'condition':'none'}}",
        "'restart':'unless-stopped' | 'deploy':{'replicas':5}",
      })
  @DisplayName("has the same hash in short and long form")
  void forms(String one, String other) throws Exception {
    String head = "{\"image\":\"demo\",";
    assertThat(hash(head + one.replace('\'', '"') + "}"))
        .isEqualTo(hash(head + other.replace('\'', '"') + "}"));
  }
}
