package io.dowding.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

/** {@link SimulatedHosts} in a process of their own. */
final class Hosts implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  final Child process;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final int port;
  private final int count;

  Hosts(Path directory, int port, int count, Duration start) throws Exception {
    this.port = port;
    this.count = count;
    this.process =
        Child.java(
            directory.resolve("hosts.log"),
            SimulatedHosts.class,
            Integer.toString(port),
            Long.toString(start.toMillis()));
    Wait.until(Duration.ofSeconds(20), "simulated hosts", () -> tally() != null);
  }

  int count() {
    return count;
  }

  int port() {
    return port;
  }

  /** The inventory of an agent's configuration. */
  String inventory() {
    StringBuilder yaml = new StringBuilder("inventory:\n");
    for (int n = 0; n < count; n++) {
      yaml.append("  - {hostname: host%04d, docker: 'tcp://".formatted(n))
          .append(SimulatedHosts.address(n))
          .append(':')
          .append(port)
          .append("'}\n");
    }
    return yaml.toString();
  }

  /** See {@link Tally}. */
  JsonNode tally() throws IOException, InterruptedException {
    return send("GET", "/tally");
  }

  long count(String what) throws IOException, InterruptedException {
    return tally().path(what).asLong();
  }

  /** Returns once so many containers run, or the time is over; tells how many run. */
  long await(long running, Duration atMost) throws IOException, InterruptedException {
    JsonNode tally = send("GET", "/await?running=" + running + "&millis=" + atMost.toMillis());
    return tally.path(Tally.RUNNING).asLong();
  }

  /** From now on the n-th host does not answer. */
  void die(int n) throws IOException, InterruptedException {
    send("POST", "/dead?host=" + SimulatedHosts.address(n));
  }

  private JsonNode send(String method, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return JSON.readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  @Override
  public void close() {
    client.close();
    process.kill();
  }
}
