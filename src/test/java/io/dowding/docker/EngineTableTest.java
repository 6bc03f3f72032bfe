package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.transport.DockerHttpClient;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.model.Allocation;
import io.dowding.model.EngineTable;
import io.dowding.model.EngineTable.Call;
import io.dowding.model.Finding;
import io.dowding.model.Policy;
import io.dowding.model.Service;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The table of fields for engines")
class EngineTableTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A transport that answers like an engine that did what it was asked to. */
  private static final class Wire implements DockerHttpClient {
    private final List<String> sent = new ArrayList<>();

    @Override
    public Response execute(Request request) {
      sent.add(request.bodyBytes() == null ? "" : text(request.bodyBytes()));
      return new Response() {
        @Override
        public int getStatusCode() {
          return 201;
        }

        @Override
        public Map<String, List<String>> getHeaders() {
          return Map.of();
        }

        @Override
        public InputStream getBody() {
          return new ByteArrayInputStream("{\"Id\":\"1\"}".getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {}
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private final Wire wire = new Wire();

  /** A client whose requests all pass the gate. */
  private DockerHttpClient gated(Gate gate) {
    return new DockerHttpClient() {
      @Override
      public Response execute(Request request) {
        byte[] body = request.bodyBytes();
        if (body != null) {
          gate.check(request.path(), body);
        }
        return wire.execute(request);
      }

      @Override
      public void close() {}
    };
  }

  private DockerClient client(Policy policy) {
    return DockerClientImpl.getInstance(
        DefaultDockerClientConfig.createDefaultConfigBuilder()
            .withDockerHost("tcp://127.0.0.1:1")
            .withDockerConfig("/dev/null")
            .withApiVersion("1.44")
            .build(),
        gated(new Gate(policy)));
  }

  private CreateContainerCmd create(Policy policy, String fields) throws InvalidServiceException {
    String json = "{\"image\":\"demo:1\"," + fields.replace('\'', '"') + "}";
    Service service = ServiceReader.read("web", 1, json.getBytes(StandardCharsets.UTF_8));
    Allocation record = new Allocation("web.1", "h", "web", "1-x", 3, 7, Instant.EPOCH, "why", 0);
    return Creation.command(client(policy), "c", "/base", record, service.container());
  }

  static Stream<String> fields() {
    return Stream.concat(
        FieldRows.ROWS.stream().map(row -> row.replaceFirst("\\s*\\|.*", "")),
        FieldRows.OF_OTHER_ENGINES.stream());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fields")
  @DisplayName("contains all that docker-java sends for each field of a service")
  void every(String fields) throws Exception {
    create(RealEngine.everything(), fields).exec();
    assertThat(wire.sent).hasSize(1);
    assertThat(unlisted(JSON.readTree(wire.sent.getFirst()))).isEmpty();
  }

  private static List<Finding> unlisted(JsonNode body) {
    return EngineTable.findings(Call.CREATE, JSON.convertValue(body, Map.class)).stream()
        .filter(finding -> finding instanceof Finding.Never)
        .toList();
  }

  @Test
  @DisplayName("rejects fields of docker-java's host configuration that are not in it")
  void others() throws Exception {
    JsonNode body = body("'tty':true");
    List<String> refused = new ArrayList<>();
    for (Field field : HostConfig.class.getDeclaredFields()) {
      var named = field.getAnnotation(com.fasterxml.jackson.annotation.JsonProperty.class);
      if (named != null) {
        ObjectNode with = body.deepCopy();
        ((ObjectNode) with.get("HostConfig")).put(named.value(), "x");
        if (!unlisted(with).isEmpty()) {
          refused.add(named.value());
        }
      }
    }
    assertThat(refused)
        .contains(
            "Binds",
            "Links",
            "VolumeDriver",
            "AutoRemove",
            "PublishAllPorts",
            "ContainerIDFile",
            "CpusetMems",
            "KernelMemory",
            "Cgroup",
            "ConsoleSize",
            "LxcConf",
            "DiskQuota")
        .doesNotContain("NanoCpus", "Memory", "ReadonlyRootfs", "NetworkMode", "Runtime");
  }

  private JsonNode body(String fields) throws InvalidServiceException, IOException {
    create(RealEngine.everything(), fields).exec();
    return JSON.readTree(wire.sent.getFirst());
  }

  @Test
  @DisplayName("a missing field is not sent, whoever set it and whatever is granted")
  void refused() throws Exception {
    CreateContainerCmd command = create(RealEngine.everything(), "'tty':true");
    Objects.requireNonNull(command.getHostConfig()).withVolumeDriver("flocker");
    assertThatThrownBy(command::exec)
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("HostConfig.VolumeDriver is never allowed");
    assertThat(wire.sent).isEmpty();
  }

  @Test
  @DisplayName("a field that needs a grant is not sent without that grant, whoever set it")
  void ungranted() throws Exception {
    CreateContainerCmd command = create(Policy.STRICT, "'tty':true");
    Objects.requireNonNull(command.getHostConfig()).withNetworkMode("host").withPrivileged(true);
    assertThatThrownBy(command::exec)
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("policy.allow: {services: web, hostNamespaces: true}")
        .hasMessageContaining("policy.allow: {services: web, privileged: true}");
    assertThat(wire.sent).isEmpty();
  }

  @Test
  @DisplayName("contains all other requests with a body, and refuses fields that they do not need")
  void otherRequests() throws InterruptedException {
    DockerClient client = client(Policy.STRICT);
    client.createNetworkCmd().withName("n").withDriver("bridge").withInternal(true).exec();
    client.connectToNetworkCmd().withNetworkId("n").withContainerId("c").exec();
    client.execCreateCmd("c").withCmd("a").withPrivileged(true).exec();
    client.execStartCmd("x").exec(new ResultCallback.Adapter<Frame>()).awaitStarted();
    assertThat(wire.sent).hasSize(4);
    Stream.<Runnable>of(
            () -> client.createNetworkCmd().withName("n").withDriver("macvlan").exec(),
            () -> client.createNetworkCmd().withName("n").withAttachable(true).exec(),
            () -> client.updateContainerCmd("c").withMemory(1L).exec(),
            () -> client.createVolumeCmd().withName("v").exec())
        .forEach(call -> assertThatThrownBy(call::run).isInstanceOf(BadRequestException.class));
    assertThat(wire.sent).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'hostconfig':{'Privileged':true}}",
        "{'HostConfig':{'privileged':true}}",
        "{'HostConfig':{'Mounts':[{'Type':'bind','BindOptions':{'CreateMountpoint':true}}]}}",
        "{'HostConfig':{'NetworkMode':'container:abc'}}",
        "{'HostConfig':{'PidMode':'container:abc'}}",
        "{'HostConfig':{'IpcMode':'container:abc'}}",
        "{'HostConfig':{'Mounts':[{'Type':'npipe'}]}}",
        "{'HostConfig':'x'}",
        "{'Image':{'a':'b'}}",
        "{'Volumes':{'/x':{}}}",
      })
  @DisplayName("accepts no other spelling, type or nesting")
  void spellings(String body) throws IOException {
    assertThat(unlisted(JSON.readTree(body.replace('\'', '"')))).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({"name, true", "platform, true", "force, false"})
  @DisplayName("includes the query of a request")
  void query(String parameter, boolean known) {
    assertThat(EngineTable.findings(Call.CREATE, Map.of("?" + parameter, "x")).isEmpty())
        .isEqualTo(known);
  }

  @Test
  @DisplayName("omits null values")
  void nothing() {
    Map<String, Object> body = new java.util.HashMap<>();
    Arrays.asList("HostConfig", "Volumes", "Anything").forEach(field -> body.put(field, null));
    assertThat(EngineTable.findings(Call.CREATE, body)).isEmpty();
  }

  @Test
  @DisplayName("passes the options of a mount that docker-java does not know")
  void anyMount() throws Exception {
    String image = "{'type':'image','source':'demo:2','target':'/d','image':{'subpath':'etc'}}";
    String bind = "{'type':'bind','source':'/srv','target':'/s','bind':{'recursive':'disabled'}}";
    JsonNode mounts = body("'volumes':[" + image + "," + bind + "]").at("/HostConfig/Mounts");
    assertThat(mounts)
        .isEqualTo(
            JSON.readTree(
                ("[{'Type':'image','Source':'demo:2','Target':'/d','ReadOnly':false,"
                        + "'ImageOptions':{'Subpath':'etc'}},"
                        + "{'Type':'bind','Source':'/srv','Target':'/s','ReadOnly':false,"
                        + "'BindOptions':{'NonRecursive':true}}]")
                    .replace('\'', '"')));
  }

  @Test
  @DisplayName("passes a granted log driver under its configured name")
  void anyLogDriver() throws Exception {
    String fields = "'logging':{'driver':'grafana/loki-docker-driver:2.9','options':{'a':'b'}}";
    assertThatThrownBy(() -> create(Policy.STRICT, fields).exec())
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("grafana/loki-docker-driver:2.9");
    create(RealEngine.everything(), fields).exec();
    assertThat(JSON.readTree(wire.sent.getLast()).at("/HostConfig/LogConfig"))
        .isEqualTo(
            JSON.readTree(
                "{'Type':'grafana/loki-docker-driver:2.9','Config':{'a':'b'}}".replace('\'', '"')));
  }
}
