package io.dowding.docker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DefaultDockerCmdExecFactory;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import io.dowding.model.EngineInfo;
import io.dowding.model.Host;
import io.dowding.model.Policy;
import io.dowding.model.SshEndpoint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to one engine, at the newest API version that both sides support. Refusals are
 * thrown as docker-java's exceptions, by status; an unusable answer as {@link MalformedAnswer}.
 * Thread-safe.
 */
final class Connection implements Session.Link, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger("dowding");

  /** The newest API version that this code was written for. */
  private static final String OURS = "1.48";

  /** For an engine that does not report its oldest API version. */
  private static final String OLDEST = "1.0";

  /**
   * One for all hosts: it first learns about docker-java's classes, which takes longer than a
   * request, and half a megabyte.
   */
  private static final ObjectMapper COMMANDS = DockerClientConfig.getDefaultObjectMapper();

  private static final int NOT_FOUND = 404;
  private static final Set<Integer> REFUSALS = Set.of(401, 403, NOT_FOUND, 405, 407, 429);
  private static final Duration PULL_SILENCE = Duration.ofSeconds(60);

  private final Host host;
  private final DockerSettings settings;
  private final String version;
  private final EngineHttp http;
  private final DockerClient docker;
  private final DockerEngine engine;
  private final Instant engineTime;
  private final Duration clockSkew;
  private volatile EngineInfo info;
  private volatile String refusedCertificates = "";
  private volatile String lastWarning = "";

  /**
   * Connects within a time limit. Through SSH, it begins when it is this host's turn to log in.
   *
   * @throws Exception as {@link Guard#within}
   */
  static Connection open(Host host, DockerSettings settings, Guard guard, Duration deadline)
      throws Exception {
    SshEndpoint ssh = SshEndpoint.of(host.docker());
    try (SshTurns.Turn _ = ssh == null ? SshTurns.Turn.NONE : SshTurns.ALL.take(ssh)) {
      return guard.within(deadline, () -> new Connection(host, settings));
    }
  }

  @SuppressWarnings("deprecation") // There is no other way to set how commands are sent.
  Connection(Host host, DockerSettings settings) {
    if (settings.requireTls() && settings.isPlain(host)) {
      throw new IllegalStateException(
          host.docker()
              + " is not encrypted, but docker.requireTls is set: set docker.certificates, or"
              + " certificates for this host");
    }
    this.settings = settings;
    this.host = host;
    this.engine = new DockerEngine(this, settings);
    this.http = http(host, settings, settings.call());
    try {
      // Without a version in the path, because it is not known yet.
      Answer said = about("/version");
      this.version = agreed(said);
      this.docker =
          DockerClientImpl.getInstance(config(host, version))
              .withDockerCmdExecFactory(new DefaultDockerCmdExecFactory(http, COMMANDS));
      Instant before = Instant.now();
      Answer about = about(path("/info"));
      Duration took = Duration.between(before, Instant.now());
      this.info = EngineInfos.of(said, about, plugins());
      this.engineTime = time(about.at("SystemTime"));
      this.clockSkew = Duration.between(before.plus(took.dividedBy(2)), engineTime);
    } catch (RuntimeException | Error failed) {
      close();
      throw failed;
    }
  }

  private static EngineHttp http(Host host, DockerSettings settings, Duration silence) {
    Path directory = settings.certificates(host);
    boolean direct = host.docker().startsWith("tcp:");
    return new EngineHttp(
        URI.create(host.docker()),
        directory == null || !direct ? null : Tls.of(directory),
        settings.sshConfig(),
        settings.connect(),
        silence,
        new Gate(settings.policy()));
  }

  /** The API version to use, from an answer to {@code /version}. */
  static String agreed(Answer said) {
    return negotiate(said.at("ApiVersion").name(), said.at("MinAPIVersion").textOr(OLDEST));
  }

  /** The newest version that both support. */
  static String negotiate(String theirs, String theirLeast) {
    String both = compare(theirs, OURS) < 0 ? theirs : OURS;
    return compare(both, theirLeast) < 0 ? theirLeast : both;
  }

  static int compare(String a, String b) {
    int[] left = parts(a);
    int[] right = parts(b);
    int major = Integer.compare(left[0], right[0]);
    return major != 0 ? major : Integer.compare(left[1], right[1]);
  }

  private static int[] parts(String version) {
    if (!version.matches("[0-9]{1,4}\\.[0-9]{1,4}")) {
      throw new MalformedAnswer("the engine's API version cannot be parsed");
    }
    int dot = version.indexOf('.');
    return new int[] {
      Integer.parseInt(version.substring(0, dot)), Integer.parseInt(version.substring(dot + 1))
    };
  }

  static Instant time(Answer given) {
    Instant time = Views.time(given);
    if (time == null) {
      throw new MalformedAnswer(given.place() + " is not a time");
    }
    return time;
  }

  @Override
  public void refresh() {
    http.closeIdle();
    if (http.hasOldCertificates()) {
      takeUpCertificates();
    } else {
      refusedCertificates = "";
    }
    info = EngineInfos.of(about(path("/version")), about(path("/info")), plugins());
  }

  @Override
  public Optional<String> newWarning() {
    String certificates =
        refusedCertificates.isEmpty()
            ? ""
            : "its new certificates cannot be used, and the last ones still are: "
                + refusedCertificates;
    String warning =
        Stream.of(certificates, engine.problem())
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining("; "));
    if (warning.equals(lastWarning)) {
      return Optional.empty();
    }
    lastWarning = warning;
    return Optional.of(warning);
  }

  /**
   * Ends this connection for one with the files as they are now, if the engine accepts them.
   * Otherwise, as while they are being replaced, this one continues.
   */
  private void takeUpCertificates() {
    try (EngineHttp trial = http(host, settings, settings.ping());
        Exchange exchange = trial.open("GET", "/_ping", Map.of(), null, settings.ping())) {
      mustBeFine(exchange);
    } catch (RuntimeException | IOException refused) {
      String problem = Failures.words(refused);
      if (!problem.equals(refusedCertificates)) {
        refusedCertificates = problem;
        log.warn(
            "new certificates cannot be used, the connection continues with the last ones host={}"
                + " problem=\"{}\"",
            host.hostname(),
            problem);
      }
      return;
    }
    throw new UncheckedIOException(
        new IOException("its certificates were replaced: connecting with the new ones"));
  }

  private Answer about(String path) {
    byte[] body = get(path, EngineHttp.SMALL);
    if (body == null) {
      throw new MalformedAnswer("there is nothing at " + path + ": is it a Docker Engine?");
    }
    return Answer.parse(path, body).object();
  }

  /**
   * Empty if the engine does not support plugins, or a proxy in front of it forbids the request.
   */
  private List<Answer> plugins() {
    List<Answer> plugins = new ArrayList<>();
    try {
      each(path("/plugins"), EngineHttp.SMALL, EngineInfos.OF_PLUGIN, plugins::add);
    } catch (DockerException refused) {
      if (refused.getHttpStatus() / 100 != 4) {
        throw refused;
      }
    }
    return plugins;
  }

  /** For docker-java's commands. */
  DockerClient docker() {
    return docker;
  }

  Policy policy() {
    return settings.policy();
  }

  /** For one pull, read again each time; or null. */
  @Nullable AuthConfig login(String registry) throws InterruptedException {
    return settings.credentials().at(registry);
  }

  /** An API path at the negotiated version. */
  String path(String path) {
    return "/v" + version + path;
  }

  /** The JSON at this path; null if it does not exist. */
  byte @Nullable [] get(String path, int most) {
    return get(path, most, settings.call(), "");
  }

  /**
   * The same.
   *
   * @param silence the longest pause within the answer
   * @param missing what the engine says, in lower case, if it does not exist. Others may say 404
   *     for other reasons
   */
  byte @Nullable [] get(String path, int most, Duration silence, String missing) {
    try (Exchange exchange = http.open("GET", path, Map.of(), null, silence)) {
      if (exchange.status() == NOT_FOUND && says(exchange, missing)) {
        return null;
      }
      mustBeAllowed(exchange, path);
      exchange.mustBeJson();
      return exchange.body(most).readAllBytes();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /**
   * Passes on each element of a list; none is kept in memory.
   *
   * @param most bytes of the whole list
   * @param fields of each element to read
   */
  void each(String path, long most, Set<String> fields, Consumer<Answer> element) {
    try (Exchange exchange = open("GET", path, null)) {
      mustBeAllowed(exchange, path);
      exchange.mustBeJson();
      Answer.each(path, exchange.body(most), fields, element);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /**
   * Sends a request that changes something.
   *
   * @param body to send as JSON, or null
   * @return the answer's body
   */
  byte[] send(String method, String path, @Nullable Object body) {
    try (Exchange exchange = open(method, path, body)) {
      mustBeFine(exchange);
      return exchange.body(EngineHttp.SMALL).readAllBytes();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Uploads files as a tar. */
  void put(String path, InputStream tar) {
    try (Exchange exchange =
        http.open("PUT", path, Map.of("Content-Type", EngineHttp.TAR), tar, settings.call())) {
      mustBeFine(exchange);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private Exchange open(String method, String path, @Nullable Object body) throws IOException {
    return http.open(method, path, json(body), bytes(body), settings.call());
  }

  /** For an answer with pauses of any length; the caller limits them. */
  Exchange stream(String path) throws IOException {
    return fine(http.open("GET", path, Map.of(), null, Duration.ZERO));
  }

  /** For a request that the engine passes on to a registry. */
  Exchange ask(String path, Map<String, String> headers) throws IOException {
    return fine(http.open("GET", path, headers, null, settings.call()));
  }

  /** For an answer with short pauses, however long it takes in total. */
  Exchange pull(String path, Map<String, String> headers) throws IOException {
    return fine(http.open("POST", path, headers, null, PULL_SILENCE));
  }

  /** For a command whose input and output are streams. */
  Attached attach(String path, Object body) throws IOException {
    return http.attach(path(path), Answer.JSON.writeValueAsBytes(body));
  }

  private static Exchange fine(Exchange exchange) throws IOException {
    try {
      mustBeFine(exchange);
      return exchange;
    } catch (RuntimeException | IOException failed) {
      exchange.close();
      throw failed;
    }
  }

  private static boolean says(Exchange exchange, String missing) throws IOException {
    return missing.isEmpty()
        || new String(exchange.beginning(), StandardCharsets.UTF_8)
            .toLowerCase(Locale.ROOT)
            .contains(missing);
  }

  /** An engine allows everything that is asked; what is in front of it may not. */
  private static void mustBeAllowed(Exchange exchange, String path) throws IOException {
    try {
      mustBeFine(exchange);
    } catch (DockerException refused) {
      int status = refused.getHttpStatus();
      if (!REFUSALS.contains(status)) {
        throw refused;
      }
      throw new DockerException(
          "GET "
              + path.replaceFirst("\\?.*", "")
              + " was refused with "
              + status
              + " ("
              + Failures.words(refused)
              + "): allow it in the proxy or plugin in front of the engine, or correct this host's"
              + " docker:",
          status);
    }
  }

  static void mustBeFine(Exchange exchange) throws IOException {
    if (exchange.status() >= 300) {
      String words = new String(exchange.beginning(), StandardCharsets.UTF_8);
      throw EngineHttp.refusal(exchange.status(), words);
    }
  }

  private static Map<String, String> json(@Nullable Object body) {
    return body == null ? Map.of() : Map.of("Content-Type", "application/json");
  }

  private static @Nullable InputStream bytes(@Nullable Object body) throws IOException {
    return body == null ? null : new ByteArrayInputStream(Answer.JSON.writeValueAsBytes(body));
  }

  String version() {
    return version;
  }

  @Override
  public EngineInfo info() {
    return info;
  }

  @Override
  public EngineApi engine() {
    return engine;
  }

  /** The engine's clock when this was created. */
  Instant engineTime() {
    return engineTime;
  }

  /** How far the engine's clock was ahead of this machine's; negative if it was behind. */
  Duration clockSkew() {
    return clockSkew;
  }

  private static DockerClientConfig config(Host host, String apiVersion) {
    return DefaultDockerClientConfig.createDefaultConfigBuilder()
        .withDockerHost(host.docker())
        // Docker's own file is read for each pull; a broken one must not prevent connecting.
        .withDockerConfig("/dev/null")
        .withApiVersion(apiVersion)
        // TLS is up to EngineHttp, whatever the environment says.
        .withDockerTlsVerify(false)
        .build();
  }

  @Override
  public void close() {
    http.close();
  }
}
