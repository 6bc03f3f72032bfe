package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.transport.DockerHttpClient;
import io.dowding.model.Host;
import io.dowding.model.Policy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class EngineHttpTest {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static EngineHttp at(CannedServer server) {
    return at(server.docker());
  }

  private static EngineHttp at(String docker) {
    return new EngineHttp(
        URI.create(docker), null, null, PATIENCE, PATIENCE, new Gate(Policy.STRICT));
  }

  private static byte[] get(CannedServer server, int most) throws IOException {
    try (EngineHttp http = at(server);
        Exchange exchange = http.open("GET", "/info", Map.of(), null, PATIENCE)) {
      Connection.mustBeFine(exchange);
      exchange.mustBeJson();
      return exchange.body(most).readAllBytes();
    }
  }

  @ParameterizedTest
  @CsvSource({"301,GET", "302,GET", "303,POST", "307,POST", "308,DELETE", "300,GET", "305,PUT"})
  @DisplayName("a redirect is an error that names it, and its target gets no request")
  void redirect(int status, String method) throws IOException {
    try (CannedServer other = new CannedServer(CannedServer.json("{}"));
        CannedServer server =
            new CannedServer(
                "HTTP/1.1 "
                    + status
                    + " Over there\r\nLocation: http://"
                    + other.address()
                    + "/info\r\nContent-Length: 0\r\n\r\n");
        EngineHttp http = at(server)) {
      assertThatThrownBy(() -> http.open(method, "/info", Map.of(), null, PATIENCE))
          .isInstanceOf(DockerException.class)
          .hasMessageContaining("Status " + status)
          .hasMessageContaining("dowding does not follow");
      DockerHttpClient.Request request =
          DockerHttpClient.Request.builder().method(method).path("/info").build();
      assertThatThrownBy(() -> http.execute(request)).isInstanceOf(DockerException.class);
      assertThat(server.asked()).hasSize(2);
      assertThat(other.asked()).isEmpty();
    }
  }

  @Test
  @DisplayName("a field that is not in the table is not sent")
  void gate() throws IOException {
    try (CannedServer server = new CannedServer(CannedServer.json("{}"));
        EngineHttp http = at(server)) {
      byte[] body = "{\"Image\":\"demo\",\"Surprise\":1}".getBytes(StandardCharsets.UTF_8);
      String path = "/v1.41/containers/create?name=x";
      assertThatThrownBy(
              () -> http.open("POST", path, Map.of(), new ByteArrayInputStream(body), PATIENCE))
          .isInstanceOf(BadRequestException.class)
          .hasMessageContaining("Surprise");
      DockerHttpClient.Request request =
          DockerHttpClient.Request.builder().method("POST").path(path).bodyBytes(body).build();
      assertThatThrownBy(() -> http.execute(request)).isInstanceOf(BadRequestException.class);
      assertThat(server.asked()).isEmpty();
    }
  }

  @Test
  @DisplayName("every client of an engine refuses a redirect")
  void everyClient() throws Exception {
    try (CannedServer other = new CannedServer(CannedServer.json("{}"));
        CannedServer server =
            new CannedServer(
                "HTTP/1.1 307 Over there\r\nLocation: http://"
                    + other.address()
                    + "/\r\nContent-Length: 0\r\n\r\n");
        Survey survey = new Survey(DockerSettings.QUICK);
        LocalEngine local = new LocalEngine(server.docker())) {
      Host host = new Host("host1", server.docker(), Set.of(), Map.of());
      assertThat(survey.ask(Set.of(host)).toString()).contains("answered 307, a redirect");
      assertThat(local.answers()).isFalse();
      assertThatThrownBy(() -> new Connection(host, DockerSettings.QUICK))
          .hasMessageContaining("answered 307, a redirect");
      assertThat(other.asked()).isEmpty();
    }
  }

  @Test
  @DisplayName("only the start of an error is read")
  void longError() {
    String body = "x".repeat(10 << 20);
    try (CannedServer server =
        new CannedServer(
            "HTTP/1.1 500 Broken\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)) {
      assertThatThrownBy(() -> get(server, 100))
          .isInstanceOfSatisfying(
              InternalServerErrorException.class,
              failed -> {
                assertThat(failed.toString().length()).isLessThan(100_000);
                assertThat(Failures.words(failed).length()).isLessThan(400);
              });
    }
  }

  @Test
  @DisplayName("an answer beyond its limit is refused while it arrives")
  void endlessBody() {
    byte[] part = "1000\r\n".getBytes(StandardCharsets.US_ASCII);
    byte[] blanks = new byte[4096];
    Arrays.fill(blanks, (byte) ' ');
    try (CannedServer server =
        new CannedServer(
            out -> {
              out.write(
                  "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                      .getBytes(StandardCharsets.US_ASCII));
              while (true) {
                out.write(part);
                out.write(blanks);
                out.write('\r');
                out.write('\n');
              }
            })) {
      assertThatThrownBy(() -> get(server, 1 << 20))
          .isInstanceOf(MalformedAnswer.class)
          .hasMessage("the answer to /info is longer than 1024 KiB");
    }
  }

  @Test
  @DisplayName("endless headers and endless lines are refused")
  void endlessHeaders() {
    for (String line : new String[] {"X-Filler: y\r\n", "y".repeat(1000)}) {
      byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
      try (CannedServer server =
          new CannedServer(
              out -> {
                out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
                while (true) {
                  out.write(bytes);
                }
              })) {
        assertThatThrownBy(() -> get(server, 100)).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  @DisplayName("a compressed answer is refused, and none is requested")
  void compressed() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      byte[] zeros = new byte[1 << 20];
      for (int n = 0; n < 50; n++) {
        gzip.write(zeros);
      }
    }
    try (CannedServer server =
        new CannedServer(
            out -> {
              out.write(
                  ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
                          + "Content-Length: "
                          + bytes.size()
                          + "\r\n\r\n")
                      .getBytes(StandardCharsets.US_ASCII));
              bytes.writeTo(out);
            })) {
      assertThatThrownBy(() -> get(server, 1 << 20))
          .isInstanceOf(MalformedAnswer.class)
          .hasMessageContaining("compressed");
    }
  }

  @Test
  @DisplayName("an engine whose socket is missing is named, with what to check")
  void noSocket(@TempDir Path directory) {
    String docker = "unix://" + directory.resolve("none.sock");
    try (EngineHttp http = at(docker)) {
      assertThatThrownBy(() -> http.open("GET", "/info", Map.of(), null, PATIENCE))
          .hasMessageStartingWith(docker + ": No such file or directory: check that Docker runs");
    }
  }

  @Test
  @DisplayName("a web page does not count as an engine's answer")
  void page() {
    try (CannedServer server =
        new CannedServer(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}")) {
      assertThatThrownBy(() -> get(server, 100))
          .isInstanceOf(MalformedAnswer.class)
          .hasMessageContaining("text/html");
    }
  }

  @Test
  @DisplayName("an answer that trickles in is limited by the deadline of the call")
  void drops() {
    try (CannedServer server =
            new CannedServer(
                out -> {
                  out.write(
                      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
                          .getBytes(StandardCharsets.US_ASCII));
                  while (true) {
                    out.write(' ');
                    out.flush();
                    Thread.sleep(20);
                  }
                });
        Guard guard = new Guard()) {
      assertThatThrownBy(() -> guard.within(Duration.ofMillis(300), () -> get(server, 10_000)))
          .isInstanceOf(TimeoutException.class);
    }
  }
}
