package io.dowding.docker;

import io.dowding.model.Host;
import io.dowding.model.Policy;
import io.dowding.model.SshEndpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How to talk to Docker Engines.
 *
 * @param connect the time limit of connecting
 * @param call the time limit of any call except a pull
 * @param pull the time limit of a pull
 * @param ping between two pings, and the time limit of each; a missed one ends the connection
 * @param resync between two complete lists
 * @param certificates directory with {@code ca.pem}, {@code cert.pem} and {@code key.pem}, for
 *     hosts without one of their own; or null
 * @param sshConfig the file that replaces the user's ssh configuration, or null
 * @param credentials for registries
 * @param requireTls whether to refuse hosts without encryption
 * @param policy what services may have of their hosts
 */
public record DockerSettings(
    Duration connect,
    Duration call,
    Duration pull,
    Duration ping,
    Duration resync,
    @Nullable Path certificates,
    @Nullable Path sshConfig,
    Credentials credentials,
    boolean requireTls,
    Policy policy) {

  private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");

  public static final DockerSettings DEFAULT =
      new DockerSettings(
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10),
          Duration.ofSeconds(3),
          Duration.ofSeconds(60),
          null,
          null,
          Credentials.OF_DOCKER,
          false,
          Policy.STRICT);

  /** For a caller that waits for the answer: a slower host is left out. */
  public static final DockerSettings QUICK =
      new DockerSettings(
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          DEFAULT.pull(),
          DEFAULT.ping(),
          DEFAULT.resync(),
          null,
          null,
          Credentials.OF_DOCKER,
          false,
          Policy.STRICT);

  public DockerSettings withPolicy(Policy granted) {
    return new DockerSettings(
        connect,
        call,
        pull,
        ping,
        resync,
        certificates,
        sshConfig,
        credentials,
        requireTls,
        granted);
  }

  public DockerSettings withCertificates(Path directory) {
    return new DockerSettings(
        connect, call, pull, ping, resync, directory, sshConfig, credentials, requireTls, policy);
  }

  /** The same settings, refusing hosts without encryption. */
  public DockerSettings withRequiredTls() {
    return new DockerSettings(
        connect, call, pull, ping, resync, certificates, sshConfig, credentials, true, policy);
  }

  public DockerSettings withSshConfig(Path file) {
    return new DockerSettings(
        connect, call, pull, ping, resync, certificates, file, credentials, requireTls, policy);
  }

  /** The time limit of connecting to a host and reading what it is. */
  Duration connecting(Host host) {
    Duration quick = connect.plus(ping).plus(ping);
    // On a busy machine, a login takes long; of a host that is cut off, it ends after the limit of
    // connecting.
    return SshEndpoint.isOne(host.docker()) && call.compareTo(quick) > 0 ? call : quick;
  }

  /** The directory of the certificates for this host, or null for plain TCP. */
  public @Nullable Path certificates(Host host) {
    String own = host.certificates();
    return own == null ? certificates : Path.of(own);
  }

  /** Whether traffic with this host can be read and changed on the way. */
  public boolean isPlain(Host host) {
    return certificates(host) == null
        && host.docker().startsWith("tcp:")
        && !LOOPBACK.matcher(host.engineAddress()).matches();
  }
}
