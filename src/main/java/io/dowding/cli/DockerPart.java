package io.dowding.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dowding.docker.Credentials;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code docker:} in the {@link Config}. */
public record DockerPart(
    @Nullable Path certificates,
    @Nullable Path sshConfig,
    boolean requireTls,
    @JsonProperty("callTimeout") @Nullable Duration callTimeout,
    @Nullable Duration pullTimeout,
    @Nullable Duration ping,
    @Nullable Duration resync,
    @Nullable Integer callsPerHost,
    @Nullable Path configFile,
    @Nullable List<RegistryPart> registries) {

  Credentials credentials() {
    Map<String, Credentials.Login> logins = new TreeMap<>();
    for (RegistryPart registry : registries == null ? List.<RegistryPart>of() : registries) {
      logins.put(String.valueOf(registry.address()), registry.login());
    }
    Path file = Objects.requireNonNullElse(configFile, Credentials.OF_DOCKER.dockerConfig());
    return new Credentials(logins, file);
  }

  /** Credentials for a registry. */
  public record RegistryPart(
      @Nullable String address,
      @Nullable String username,
      @Nullable String password,
      @Nullable Path passwordFile) {

    Credentials.Login login() {
      return new Credentials.Login(String.valueOf(username), password, passwordFile);
    }

    boolean isWhole() {
      return address != null && username != null && (password == null) != (passwordFile == null);
    }
  }
}
