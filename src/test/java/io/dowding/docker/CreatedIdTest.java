package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.dowding.model.Allocation;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
@DisplayName("The id of a new container")
class CreatedIdTest {

  private final HttpServer server;
  private String id = "";

  CreatedIdTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean isList = exchange.getRequestURI().getPath().endsWith("/plugins");
          String about =
              "{\"ApiVersion\":\"1.44\",\"MinAPIVersion\":\"1.24\","
                  + "\"SystemTime\":\"2026-01-01T00:00:00Z\",\"Id\":"
                  + id
                  + "}";
          byte[] body = (isList ? "[]" : about).getBytes(StandardCharsets.UTF_8);
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

  private String create(String reported) {
    id = reported;
    String docker = "tcp://127.0.0.1:" + server.getAddress().getPort();
    Host host = new Host("host1", docker, Set.of(), Map.of());
    Allocation record = new Allocation("web.1", "host1", "web", "", 1, 1, Instant.EPOCH, "", 0);
    try (Connection connection = new Connection(host, DockerSettings.QUICK)) {
      return connection.engine().create("uuid", "/base", record, ContainerSpec.ofImage("demo"));
    }
  }

  @Test
  @DisplayName("is the one that the engine reports")
  void reported() {
    assertThat(create("\"0123456789abcdef\"")).isEqualTo("0123456789abcdef");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "\"../info\"", "\"\\u001b[2J\""})
  @DisplayName("is not taken from an answer that cannot be one, whatever happened then")
  void noId(String reported) {
    assertThatThrownBy(() -> create(reported))
        .isInstanceOf(MalformedAnswer.class)
        .hasMessageContaining("the new container's id");
  }
}
