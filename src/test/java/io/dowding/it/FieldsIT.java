package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.docker.EngineApi;
import io.dowding.docker.FieldRows;
import io.dowding.docker.RealEngine;
import io.dowding.model.Allocation;
import io.dowding.model.Service;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Fields of a service, on a real engine")
class FieldsIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String ALL_IS_ALLOWED =
      "{services: \"*\", privileged: true, hostNamespaces: true, devices: [\"*\"], capabilities:"
          + " [ALL], binds: [/**], dockerSocket: true, unconfined: true, hostResources: true,"
          + " runtimes: [runc]}";

  static Stream<Arguments> rows() {
    return FieldRows.ROWS.stream()
        .map(row -> Stream.of(row.split("\\|", -1)).map(String::strip).toArray())
        .map(Arguments::of);
  }

  private final TestHost host = Testbed.shared().hosts().getFirst();
  private final EngineApi engine = RealEngine.at(host.endpoint());

  private static Service service(String fields) throws InvalidServiceException {
    String command = fields.contains("command") ? "" : "\"command\":[\"serve\"],";
    String json = "{\"image\":\"demo:1\"," + command + fields + "}";
    return ServiceReader.read("web", 1, json.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  @DisplayName("are read back as they were written")
  void readBack(String fields, String path, String expected) throws Exception {
    Service service = service(fields.replace('\'', '"'));
    assertThat(inspected(service, path.strip()))
        .isEqualTo(JSON.readTree(expected.replace('\'', '"')));
  }

  private JsonNode inspected(Service service, String path) throws IOException {
    Allocation record =
        new Allocation(
            "web.1", host.name(), "web", service.specHash(), 1, 1, Instant.EPOCH, "test", 1);
    String cluster = UUID.randomUUID().toString();
    String id = engine.create(cluster, "/fields", record, service.container());
    try {
      String url = host.endpoint().replace("tcp:", "http:") + "/containers/" + id + "/json";
      JsonNode at;
      try (InputStream answer = URI.create(url).toURL().openStream()) {
        at = JSON.readTree(answer);
      }
      for (String step : path.split("\\.", -1)) {
        at = step.matches("\\d+") ? at.path(Integer.parseInt(step)) : at.path(step);
      }
      return at;
    } finally {
      host.remove(id);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'annotations':{'a':'b'} | annotations needs 1.43",
        "'healthcheck':{'test':'true','start_interval':'1s'} | healthcheck.start_interval needs"
            + " 1.44",
        "'volumes':[{'type':'bind','source':'/tmp','target':'/t','read_only':true,'bind':{'recursive':'writable'}}]"
            + " | bind.recursive needs 1.44",
        "'volumes':[{'type':'volume','source':'d','target':'/d','volume':{'subpath':'a'}}]"
            + " | volume.subpath needs 1.45",
        "'volumes':[{'type':'image','source':'demo:1','target':'/d'}]"
            + " | a volume of the type image needs 1.48",
      })
  @DisplayName("that need a newer engine are refused by name, not dropped")
  void tooOld(String fields, String message) throws Exception {
    Service service = service(fields.replace('\'', '"'));
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> inspected(service, "Id")))
        .hasMessageContaining(message);
  }

  @Test
  @DisplayName("recreate no container when the agent restarts")
  void stable() {
    List<String> fields =
        rows().map(row -> ((String) row.get()[0]).replace('\'', '"')).distinct().toList();
    try (TestCluster cluster = new TestCluster(3)) {
      cluster.allow(ALL_IS_ALLOWED);
      cluster.startAgent();
      for (int n = 0; n < fields.size(); n++) {
        String command = fields.get(n).contains("command") ? "" : "\"command\":[\"serve\"],";
        // A pin prevents retries on other hosts, which would create other containers.
        cluster.put("pins/f" + n, "host" + (1 + n % 3));
        cluster.put("services/f" + n, "{\"image\":\"demo:1\"," + command + fields.get(n) + "}");
      }
      // Some of them cannot run here, but each has a container.
      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> cluster.containers().size() == fields.size());
      Map<String, String> before = ids(cluster);
      cluster.stopAgent();
      cluster.startAgent();
      cluster.put("services/other", TestCluster.service());
      cluster.awaitRunning("other");
      Map<String, String> after = ids(cluster);
      after.remove("other.1");
      assertThat(after).isEqualTo(before);
    }
  }

  private static Map<String, String> ids(TestCluster cluster) {
    Map<String, String> ids = new TreeMap<>();
    cluster.containers().forEach((job, seen) -> ids.put(job, seen.id()));
    return ids;
  }
}
