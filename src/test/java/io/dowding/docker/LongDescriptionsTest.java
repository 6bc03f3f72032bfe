package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.exception.BadRequestException;
import com.sun.net.httpserver.HttpServer;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Host;
import io.dowding.model.Ownership;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@DisplayName("A container or image that takes long to describe")
class LongDescriptionsTest {

  private static final String ALL_PORTS =
      IntStream.rangeClosed(1, 65_535)
          .mapToObj(port -> "\"" + port + "/tcp\":null")
          .collect(Collectors.joining(","));

  private static final String LONG = "x".repeat(1_000_000);

  private final HttpServer server;
  private String list = "[]";
  private String events = "";
  private String container = "{}";
  private String image = "{\"RepoDigests\":[],\"Config\":{}}";

  LongDescriptionsTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = answer(exchange.getRequestURI().getPath()).getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String answer(String path) {
    if (path.endsWith("/plugins")) {
      return "[]";
    }
    if (path.endsWith("/events")) {
      return events;
    }
    if (path.endsWith("/containers/json")) {
      return list;
    }
    if (path.contains("/containers/")) {
      return container;
    }
    return path.contains("/images/")
        ? image
        : "{\"ApiVersion\":\"1.44\",\"MinAPIVersion\":\"1.24\","
            + "\"SystemTime\":\"2026-01-01T00:00:00Z\"}";
  }

  private static String listed(String id, String labels) {
    return "{\"Id\":\""
        + id
        + "\",\"Names\":[\"/web.1.7\"],\"State\":\"running\",\"Labels\":{"
        + labels
        + "}}";
  }

  private static String ours(String networkSettings) {
    return "{\"Id\":\"abc1\",\"Name\":\"/web.1.7\",\"Image\":\"def\",\"State\":{\"Status\":\"running\"},"
        + "\"Config\":{\"Labels\":{\"dowding.cluster\":\"x\",\"dowding.incarnation\":\"7\"}},"
        + "\"HostConfig\":{\"NetworkMode\":\"none\"},\"NetworkSettings\":"
        + networkSettings
        + "}";
  }

  private Connection connection() {
    String docker = "tcp://127.0.0.1:" + server.getAddress().getPort();
    return new Connection(new Host("host1", docker, Set.of(), Map.of()), DockerSettings.QUICK);
  }

  private <T extends @Nullable Object> T ask(Function<EngineApi, T> question) {
    try (Connection connection = connection()) {
      return question.apply(connection.engine());
    }
  }

  @Test
  @DisplayName("is listed if it exposes all ports")
  void ports() {
    list = "[" + listed("abc1", "\"dowding.cluster\":\"x\"") + "]";
    container = ours("{\"Ports\":{" + ALL_PORTS + "},\"Note\":\"" + LONG + "\"}");
    assertThat(ask(EngineApi::list))
        .singleElement()
        .satisfies(seen -> assertThat(seen.ports()).isEmpty())
        .satisfies(seen -> assertThat(seen.inherited()).isFalse());
  }

  @Test
  @DisplayName("does not hide the others, however many labels of its own it has")
  void labels() {
    list =
        IntStream.range(0, 40)
            .mapToObj(n -> listed("abc" + n, "\"note\":\"" + LONG + "\""))
            .collect(Collectors.joining(",", "[", "]"));
    List<Container> all = ask(EngineApi::list);
    assertThat(all).hasSize(40).allSatisfy(seen -> assertThat(seen.labels()).isEmpty());
  }

  @Test
  @DisplayName("does not break the stream of events")
  void events() throws IOException {
    events =
        IntStream.of(1, 2)
            .mapToObj(
                n ->
                    "{\"Type\":\"container\",\"Actor\":{\"ID\":\"abc"
                        + n
                        + "\",\"Attributes\":{"
                        + "\"a\":\""
                        + LONG
                        + "\",\"b\":\""
                        + LONG
                        + "\",\"c\":\""
                        + LONG
                        + "\"}}}\n")
            .collect(Collectors.joining());
    List<String> changed = new ArrayList<>();
    try (Connection connection = connection()) {
      EventStream.read(connection, Instant.EPOCH, changed::add);
    }
    assertThat(changed).containsExactly("abc1", "abc2");
  }

  @Test
  @DisplayName("does not break the list with a command of any length")
  void command() {
    list =
        "[{\"Command\":\""
            + LONG.repeat(10)
            + "\","
            + listed("abc1", "").substring(1)
            + ","
            + listed("abc2", "")
            + "]";
    assertThat(ask(EngineApi::list)).extracting(Container::id).containsExactly("abc1", "abc2");
  }

  @Test
  @DisplayName("is malformed if what is read of it takes more than 8 MiB")
  void element() {
    list = "[{\"Labels\":[" + "[],".repeat(3 << 20) + "1]}]";
    assertThatThrownBy(() -> ask(EngineApi::list))
        .hasMessageContaining("an element of")
        .hasMessageContaining("is longer than 8192 KiB");
  }

  @Test
  @DisplayName("keeps its host if there are too many labels of all to keep in memory")
  void manyLabels() {
    list =
        IntStream.range(0, 800)
            .mapToObj(n -> listed("abc" + n, "\"note\":\"" + "x".repeat(60_000) + "\""))
            .collect(Collectors.joining(",", "[", "]"));
    List<Container> all = ask(EngineApi::list);
    assertThat(all).hasSize(800);
    assertThat(all.getFirst().labels()).isNotEmpty();
    assertThat(all.getLast().labels()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "~ExposedPorts~:{PORTS}      | exposes 65535 ports, more than the 16384 allowed",
        "~Volumes~:{PORTS}           | declares 65535 volumes, more than the 100 allowed",
        "~Entrypoint~:[~WORD~]       | has a program with a name longer than 4096 characters",
        "~Cmd~:[~WORD~]              | has a program with a name longer than 4096 characters",
        "~Healthcheck~:{~Test~:[~CMD~,~WORD~]} | has a health check with a name longer than",
        "~User~:~WORD~               | has a user with a name longer than 4096 characters",
      })
  @DisplayName("is refused as an image that would make its host slow or hang")
  void excess(String config, String problem) {
    String fields =
        config.replace("PORTS", ALL_PORTS).replace("WORD", "x".repeat(4097)).replace('~', '"');
    image = "{\"RepoDigests\":[],\"Config\":{" + fields + "}}";
    String refusal =
        ask(engine -> Images.refusal("demo:1", Objects.requireNonNull(engine.image("demo:1"))));
    assertThat(refusal).startsWith("the image demo:1 ").contains(problem);
  }

  @Test
  @DisplayName("is refused as an image without entrypoint with a long command")
  void longCommand() throws InvalidServiceException {
    String json = "{\"image\":\"demo:1\",\"command\":[\"" + "x".repeat(4097) + "\"]}";
    ContainerSpec spec =
        ServiceReader.read("web", 1, json.getBytes(StandardCharsets.UTF_8)).container();
    Allocation record = new Allocation("web.1", "host1", "web", "", 1, 1, Instant.EPOCH, "", 0);
    assertThatThrownBy(() -> ask(engine -> engine.create("c", "b", record, spec)))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("write entrypoint: [sh, -c]");
    image = "{\"RepoDigests\":[],\"Config\":{\"Entrypoint\":[\"sh\"]}}";
    assertThatThrownBy(() -> ask(engine -> engine.create("c", "b", record, spec)))
        .isNotInstanceOf(BadRequestException.class);
  }

  @Test
  @DisplayName("is no container of ours if its image takes more than 4 MiB")
  void image() {
    image =
        "{\"RepoDigests\":[],\"Config\":{},\"Note\":[" + ("\"" + LONG + "\",").repeat(5) + "1]}";
    list = "[" + listed("abc1", "\"dowding.cluster\":\"x\"") + "]";
    container = ours("{}");
    assertThat(ask(EngineApi::list))
        .singleElement()
        .satisfies(seen -> assertThat(seen.inherited()).isTrue())
        .satisfies(seen -> assertThat(seen.labels()).containsKey(Ownership.CLUSTER));
    assertThatThrownBy(() -> ask(engine -> engine.image("demo:1")))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("the image demo:1 takes more than 4 MiB to describe: build it with");
  }
}
