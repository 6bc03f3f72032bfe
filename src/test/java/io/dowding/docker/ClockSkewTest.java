package io.dowding.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.dowding.model.Host;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClockSkewTest {

  /** An engine whose clock is wrong. */
  private static HttpServer engine(Duration ahead) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.createContext(
        "/",
        exchange -> {
          String answer =
              exchange.getRequestURI().getPath().endsWith("/plugins")
                  ? "[]"
                  : "{\"ApiVersion\":\"1.44\",\"MinAPIVersion\":\"1.24\",\"SystemTime\":\"%s\"}"
                      .formatted(Instant.now().plus(ahead));
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, answer.length());
          exchange.getResponseBody().write(answer.getBytes(US_ASCII));
          exchange.close();
        });
    server.start();
    return server;
  }

  @ParameterizedTest
  @ValueSource(ints = {-3, 5})
  @DisplayName("a host's clock is compared with this machine's, by what its engine says")
  void skew(int hours) throws IOException {
    Duration ahead = Duration.ofHours(hours);
    HttpServer engine = engine(ahead);
    String docker = "tcp://127.0.0.1:" + engine.getAddress().getPort();
    try (HostEngine host =
        HostEngine.connect(new Host("host1", docker, Set.of(), Map.of()), DockerSettings.QUICK)) {
      assertThat(host.clockSkew()).isCloseTo(ahead, Duration.ofMinutes(1));
    } finally {
      engine.stop(0);
    }
  }
}
