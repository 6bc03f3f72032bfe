package io.dowding.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.github.dockerjava.api.model.AuthConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Registry credentials: from the configuration, or from Docker's {@code config.json} and its
 * helpers, as Docker's client finds them. Everything is read again each time, because tokens
 * expire.
 *
 * @param logins by registry; they take precedence over Docker's file
 * @param dockerConfig Docker's file; it may be missing
 */
public record Credentials(Map<String, Login> logins, Path dockerConfig) {

  private static final Duration HELPER_DEADLINE = Duration.ofSeconds(20);
  private static final String HUB_SERVER = "https://index.docker.io/v1/";
  private static final String TOKEN_USER = "<token>";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Docker's default file. */
  public static final Credentials OF_DOCKER = new Credentials(Map.of(), dockersFile());

  /**
   * A user name with a password, or with a file that contains only the password.
   *
   * @param password or null if there is a file
   */
  public record Login(String username, @Nullable String password, @Nullable Path passwordFile) {

    private AuthConfig at(String registry) throws IOException {
      String secret =
          passwordFile == null ? password : Files.readString(passwordFile).stripTrailing();
      return new AuthConfig()
          .withRegistryAddress(registry)
          .withUsername(username)
          .withPassword(secret);
    }

    @Override
    public String toString() {
      return "login of " + username;
    }
  }

  private static Path dockersFile() {
    String directory = System.getenv("DOCKER_CONFIG");
    return directory == null
        ? Path.of(System.getProperty("user.home", "/"), ".docker", "config.json")
        : Path.of(directory, "config.json");
  }

  /**
   * The credentials for one pull; null if there are none for this registry. Blocks.
   *
   * @throws UncheckedIOException naming the file or program that failed
   */
  @Nullable AuthConfig at(String registry) throws InterruptedException {
    Login login = logins.get(registry);
    try {
      return login == null ? ofDocker(registry) : login.at(registry);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(
          "the credentials for " + registry + ": " + unreadable.getMessage(), unreadable);
    }
  }

  private @Nullable AuthConfig ofDocker(String registry) throws IOException, InterruptedException {
    if (!Files.exists(dockerConfig)) {
      return null;
    }
    JsonNode file = JSON.readTree(dockerConfig.toFile());
    String server = registry.equals(Images.DOCKER_HUB) ? HUB_SERVER : registry;
    String helper = file.path("credHelpers").path(server).asText();
    helper = helper.isEmpty() ? file.path("credsStore").asText() : helper;
    if (!helper.isEmpty()) {
      AuthConfig found = helped(helper, server);
      if (found != null) {
        return found;
      }
    }
    return written(auth(file.path("auths"), server), server);
  }

  /** Docker has used several forms of these names. */
  private static JsonNode auth(JsonNode auths, String server) {
    if (auths.has(server)) {
      return auths.path(server);
    }
    for (Map.Entry<String, JsonNode> entry : auths.properties()) {
      String host = entry.getKey().replaceFirst("^https?://", "").replaceFirst("/.*", "");
      if (host.equals(server)) {
        return entry.getValue();
      }
    }
    return MissingNode.getInstance();
  }

  private static @Nullable AuthConfig written(JsonNode auth, String server) throws IOException {
    String token = auth.path("identitytoken").asText();
    if (!token.isEmpty()) {
      return new AuthConfig().withRegistryAddress(server).withIdentityToken(token);
    }
    String encoded = auth.path("auth").asText();
    if (encoded.isEmpty()) {
      return null;
    }
    String[] parts = decoded(encoded, server).split(":", 2);
    if (parts.length < 2) {
      throw new IOException("auths." + server + ".auth is not of the form name:password");
    }
    return new AuthConfig()
        .withRegistryAddress(server)
        .withUsername(parts[0])
        .withPassword(parts[1].replace("\0", ""));
  }

  private static String decoded(String encoded, String server) throws IOException {
    try {
      return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException bad) {
      throw new IOException("auths." + server + ".auth is not base64", bad);
    }
  }

  /** Uses the protocol of docker-credential-helpers: the server's name in, JSON out. */
  private static @Nullable AuthConfig helped(String helper, String server)
      throws IOException, InterruptedException {
    String program = "docker-credential-" + helper;
    Path answer = Files.createTempFile("dowding", ".answer");
    try {
      Process process =
          new ProcessBuilder(List.of(program, "get"))
              .redirectErrorStream(true)
              .redirectOutput(answer.toFile())
              .start();
      try (var input = process.getOutputStream()) {
        input.write(server.getBytes(StandardCharsets.UTF_8));
      }
      if (!process.waitFor(HELPER_DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new IOException(program + " gave no answer within 20 s");
      }
      String said = Files.readString(answer);
      if (process.exitValue() != 0) {
        if (said.contains("credentials not found")) {
          return null;
        }
        throw new IOException(program + " failed: " + said.strip());
      }
      JsonNode found = JSON.readTree(said);
      String name = found.path("Username").asText();
      String secret = found.path("Secret").asText();
      AuthConfig login = new AuthConfig().withRegistryAddress(server);
      return name.equals(TOKEN_USER)
          ? login.withIdentityToken(secret)
          : login.withUsername(name).withPassword(secret);
    } finally {
      Files.delete(answer);
    }
  }
}
