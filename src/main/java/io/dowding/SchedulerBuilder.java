package io.dowding;

import static java.util.Objects.requireNonNull;

import io.dowding.compose.HostReader;
import io.dowding.docker.DockerSettings;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdSettings;
import io.dowding.etcd.KeyFile;
import io.dowding.etcd.Keyring;
import io.dowding.model.Host;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Builds a {@link Scheduler}. Not thread-safe. */
public final class SchedulerBuilder {

  private List<String> endpoints = List.of("http://127.0.0.1:2379");
  private String base = "/schedule";
  private @Nullable String user;
  private @Nullable String password;
  private @Nullable Path passwordFile;
  private @Nullable Path ca;
  private @Nullable Path certificate;
  private @Nullable Path key;
  private Keyring encryption = Keyring.EMPTY;
  private @Nullable Supplier<Collection<Host>> hosts;
  private @Nullable Function<List<DockerHost>, DockerHost> leastBusy;
  private DockerSettings docker = DockerSettings.QUICK;

  SchedulerBuilder() {}

  /**
   * The etcd endpoints: {@code host:port} or URLs, each alone or separated by commas. Default:
   * {@code http://127.0.0.1:2379}.
   */
  public SchedulerBuilder etcd(String... endpoint) {
    return etcd(Arrays.asList(endpoint));
  }

  /** The same, as a list. */
  public SchedulerBuilder etcd(List<String> endpoint) {
    endpoint.forEach(one -> requireNonNull(one, "endpoints"));
    endpoints = EtcdSettings.endpoints(endpoint);
    return this;
  }

  /** The etcd user. */
  public SchedulerBuilder user(String name, String secret) {
    requireNonNull(name, "name");
    requireNonNull(secret, "secret");
    user = name;
    password = secret;
    passwordFile = null;
    return this;
  }

  /**
   * The etcd user.
   *
   * @param secret a file that contains only the password, read again at each login
   */
  public SchedulerBuilder user(String name, Path secret) {
    requireNonNull(name, "name");
    requireNonNull(secret, "secret");
    user = name;
    password = null;
    passwordFile = secret;
    return this;
  }

  /**
   * PEM files: the CA that verifies the server, and the client's certificate and key (both or
   * none).
   */
  public SchedulerBuilder tls(Path authority, @Nullable Path own, @Nullable Path ownKey) {
    requireNonNull(authority, "authority");
    ca = authority;
    certificate = own;
    key = ownKey;
    return this;
  }

  /**
   * A key that encrypts secrets in etcd, as in the agent's configuration; of several, the first
   * encrypts and all decrypt. Default: secrets are written as they are.
   *
   * @param file 32 random bytes in base64; only its owner may read it
   * @throws IllegalArgumentException if the file is not such a key, or the name was given already
   */
  public SchedulerBuilder encryption(String name, Path file) {
    requireNonNull(name, "name");
    requireNonNull(file, "file");
    encryption = encryption.with(name, KeyFile.read(file));
    return this;
  }

  /**
   * The prefix of all keys. Default: {@code /schedule}.
   *
   * @throws IllegalArgumentException if it is not a path that begins with a slash
   */
  public SchedulerBuilder baseKey(String key) {
    requireNonNull(key, "key");
    base = key.endsWith("/") ? key.substring(0, key.length() - 1) : key;
    if (!base.matches("(/[A-Za-z0-9_.-]+)+")) {
      throw new IllegalArgumentException('"' + key + "\" is not a path such as /schedule");
    }
    return this;
  }

  /**
   * The hosts, read again when needed, but at most once a second. Default: the keys under {@code
   * inventory/} in etcd.
   */
  public SchedulerBuilder inventory(Supplier<? extends Collection<DockerHost>> servers) {
    requireNonNull(servers, "servers");
    hosts =
        () -> {
          List<Host> all = new ArrayList<>();
          servers.get().forEach(server -> all.add(host(server)));
          return all;
        };
    return this;
  }

  /** The hosts from a file in the agent's format, read again like those of a function. */
  public SchedulerBuilder inventory(Path file) {
    requireNonNull(file, "file");
    hosts = new FileInventory(file);
    return this;
  }

  private static Host host(DockerHost server) {
    try {
      String docker = HostReader.endpoint(server.hostname(), server.docker());
      return HostReader.check(
          new Host(server.hostname(), docker, server.tags(), Map.copyOf(server.meta())));
    } catch (IllegalArgumentException bad) {
      throw new SchedulerException.InvalidJob(List.of(String.valueOf(bad.getMessage())));
    }
  }

  /** A custom strategy: receives the suitable hosts, with what runs on each, and returns one. */
  public SchedulerBuilder leastBusy(Function<List<DockerHost>, DockerHost> strategy) {
    requireNonNull(strategy, "strategy");
    leastBusy = strategy;
    return this;
  }

  /** Directory with {@code ca.pem}, {@code cert.pem} and {@code key.pem} for the Docker Engines. */
  public SchedulerBuilder dockerCertificates(Path directory) {
    requireNonNull(directory, "directory");
    docker = docker.withCertificates(directory);
    return this;
  }

  /** A file that replaces the user's ssh configuration, for hosts with {@code ssh://}. */
  public SchedulerBuilder sshConfig(Path file) {
    requireNonNull(file, "file");
    docker = docker.withSshConfig(file);
    return this;
  }

  /** Refuses unencrypted connections to Docker Engines, except on this machine. */
  public SchedulerBuilder requireTls() {
    docker = docker.withRequiredTls();
    return this;
  }

  /** Does not connect yet. */
  public Scheduler build() {
    EtcdSettings etcd =
        new EtcdSettings(endpoints, user, password, passwordFile, ca, certificate, key, encryption);
    return new Scheduler(etcd, base, new EtcdKeys(etcd, base), hosts, leastBusy, docker);
  }
}
