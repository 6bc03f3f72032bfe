package io.dowding.docker;

import io.dowding.model.Policy;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How Docker Engines are spoken to.
 *
 * @param connect until a connection stands
 * @param call until any call but a pull has its answer
 * @param pull until an image is there
 * @param ping between two signs of life; one that is not answered in the same time is the end
 * @param resync between two complete lists
 * @param certificates directory with {@code ca.pem}, {@code cert.pem} and {@code key.pem}, or null
 *     for plain TCP
 * @param credentials for registries
 * @param policy what services may have of their hosts
 */
public record DockerSettings(
    Duration connect,
    Duration call,
    Duration pull,
    Duration ping,
    Duration resync,
    @Nullable Path certificates,
    Credentials credentials,
    Policy policy) {

  public static final DockerSettings DEFAULT =
      new DockerSettings(
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10),
          Duration.ofSeconds(3),
          Duration.ofSeconds(60),
          null,
          Credentials.OF_DOCKER,
          Policy.STRICT);

  /** For somebody who waits for the answer: a host that takes longer is left out. */
  public static final DockerSettings QUICK =
      new DockerSettings(
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          DEFAULT.pull(),
          DEFAULT.ping(),
          DEFAULT.resync(),
          null,
          Credentials.OF_DOCKER,
          Policy.STRICT);

  public DockerSettings withPolicy(Policy granted) {
    return new DockerSettings(
        connect, call, pull, ping, resync, certificates, credentials, granted);
  }

  public DockerSettings withCertificates(Path directory) {
    return new DockerSettings(connect, call, pull, ping, resync, directory, credentials, policy);
  }
}
