package io.dowding.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient;
import io.dowding.control.Event.Engine;
import io.dowding.model.Host;
import io.dowding.model.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one engine, at the API version that both sides speak. Three, for their patience
 * differs: calls, pulls, and the stream of events that may be silent for days.
 */
final class Connection implements AutoCloseable {

  /** The newest API version that this code was written against. */
  private static final String OURS = "1.44";

  private static final int MOST_CONNECTIONS = 32;
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PULL_SILENCE = Duration.ofSeconds(60);

  private final Host host;
  private final DockerSettings settings;
  private final String version;
  private final DockerHttpClient callHttp;
  private final DockerHttpClient pullHttp;
  private final DockerHttpClient eventHttp;
  private final DockerClient calls;
  private final Engine identity;
  private final EngineApi engine = new DockerEngine(this);
  private final Instant engineTime;

  /** Connects; what goes wrong is thrown as docker-java throws it. */
  Connection(Host host, DockerSettings settings) {
    if (settings.requireTls() && settings.isPlain(host)) {
      throw new IllegalStateException(
          host.docker()
              + " would be spoken to without encryption, which docker.requireTls forbids: set"
              + " docker.certificates");
    }
    this.host = host;
    this.settings = settings;
    this.callHttp = http(settings.call());
    this.pullHttp = http(PULL_SILENCE);
    this.eventHttp = http(Duration.ZERO);
    try {
      // docker-java negotiates nothing: the first question goes without a version.
      var answer = client("", callHttp).versionCmd().exec();
      this.version = negotiate(answer.getApiVersion(), answer.getMinAPIVersion());
      this.calls = client(version, callHttp);
      Info info = calls.infoCmd().exec();
      this.identity =
          new Engine(
              Objects.requireNonNullElse(info.getId(), ""),
              Objects.requireNonNullElse(answer.getVersion(), ""),
              Objects.requireNonNullElse(info.getNCPU(), 0),
              Objects.requireNonNullElse(info.getMemTotal(), 0L));
      this.engineTime = Instant.parse(Objects.requireNonNull(info.getSystemTime()));
    } catch (RuntimeException failed) {
      close();
      throw failed;
    }
  }

  /** The newest version that both speak. */
  static String negotiate(@Nullable String theirs, @Nullable String theirLeast) {
    if (theirs == null) {
      throw new IllegalStateException("the engine does not say which API version it speaks");
    }
    String both = compare(theirs, OURS) < 0 ? theirs : OURS;
    return theirLeast != null && compare(both, theirLeast) < 0 ? theirLeast : both;
  }

  static int compare(String a, String b) {
    String[] left = a.split("\\.", -1);
    String[] right = b.split("\\.", -1);
    int major = Integer.compare(Integer.parseInt(left[0]), Integer.parseInt(right[0]));
    return major != 0
        ? major
        : Integer.compare(Integer.parseInt(left[1]), Integer.parseInt(right[1]));
  }

  DockerClient calls() {
    return calls;
  }

  DockerClient pulls() {
    return client(version, pullHttp);
  }

  Policy policy() {
    return settings.policy();
  }

  /** For one pull, read anew; or null. */
  @Nullable AuthConfig login(String registry) throws InterruptedException {
    return settings.credentials().at(registry);
  }

  /** What the engine has below this path; null where there is nothing. */
  @Nullable JsonNode get(String path) {
    DockerHttpClient.Request request =
        DockerHttpClient.Request.builder()
            .method(DockerHttpClient.Request.Method.GET)
            .path("/v" + version + path)
            .build();
    try (DockerHttpClient.Response response = callHttp.execute(request)) {
      byte[] body = response.getBody().readAllBytes();
      if (response.getStatusCode() == NOT_FOUND) {
        return null;
      }
      if (response.getStatusCode() != OK) {
        throw new InternalServerErrorException(new String(body, StandardCharsets.UTF_8));
      }
      return JSON.readTree(body);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** For what may be silent. */
  DockerClient patient() {
    return client(version, eventHttp);
  }

  DockerHttpClient events() {
    return eventHttp;
  }

  String version() {
    return version;
  }

  Engine identity() {
    return identity;
  }

  EngineApi engine() {
    return engine;
  }

  /** What the engine's clock said when this was made. */
  Instant engineTime() {
    return engineTime;
  }

  private DockerHttpClient http(Duration response) {
    DockerClientConfig config = config("");
    var builder =
        new ApacheDockerHttpClient.Builder()
            .dockerHost(config.getDockerHost())
            .sslConfig(config.getSSLConfig())
            .maxConnections(MOST_CONNECTIONS)
            .connectionTimeout(settings.connect());
    DockerHttpClient http =
        (response.isZero() ? builder : builder.responseTimeout(response)).build();
    return new TableTransport(http, new Gate(settings.policy()));
  }

  private DockerClient client(String apiVersion, DockerHttpClient http) {
    return DockerClientImpl.getInstance(config(apiVersion), http);
  }

  private DockerClientConfig config(String apiVersion) {
    var builder =
        DefaultDockerClientConfig.createDefaultConfigBuilder()
            .withDockerHost(host.docker())
            // Docker's own file is read for each pull, and is no reason not to connect.
            .withDockerConfig("/dev/null")
            .withApiVersion(apiVersion)
            .withDockerTlsVerify(settings.certificates() != null);
    if (settings.certificates() != null) {
      builder.withDockerCertPath(settings.certificates().toString());
    }
    return builder.build();
  }

  @Override
  public void close() {
    for (DockerHttpClient http : new DockerHttpClient[] {callHttp, pullHttp, eventHttp}) {
      try {
        http.close();
      } catch (IOException alreadyGone) {
        // It is being thrown away.
      }
    }
  }
}
