package io.dowding.docker;

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
 */
public record DockerSettings(
    Duration connect,
    Duration call,
    Duration pull,
    Duration ping,
    Duration resync,
    @Nullable Path certificates,
    Credentials credentials) {

  public static final DockerSettings DEFAULT =
      new DockerSettings(
          Duration.ofSeconds(2),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10),
          Duration.ofSeconds(3),
          Duration.ofSeconds(60),
          null,
          Credentials.OF_DOCKER);

  /** For somebody who waits for the answer: a host that takes longer is left out. */
  public static final DockerSettings QUICK =
      new DockerSettings(
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          DEFAULT.pull(),
          DEFAULT.ping(),
          DEFAULT.resync(),
          null,
          Credentials.OF_DOCKER);

  public DockerSettings withCertificates(Path directory) {
    return new DockerSettings(connect, call, pull, ping, resync, directory, credentials);
  }
}
