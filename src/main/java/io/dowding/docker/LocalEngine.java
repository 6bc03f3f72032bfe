package io.dowding.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.dowding.model.Container;
import io.dowding.model.Ownership;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** One engine on this machine, for setting up and taking down what is only for trying out. */
public final class LocalEngine implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private final DockerClient client;

  /**
   * @param endpoint such as {@code unix:///var/run/docker.sock}; nothing is asked of it yet
   */
  public LocalEngine(String endpoint) {
    var config =
        DefaultDockerClientConfig.createDefaultConfigBuilder().withDockerHost(endpoint).build();
    this.client =
        DockerClientImpl.getInstance(
            config,
            new ApacheDockerHttpClient.Builder()
                .dockerHost(config.getDockerHost())
                .connectionTimeout(DEADLINE)
                .responseTimeout(DEADLINE)
                .build());
  }

  /** Whether an engine answers there. */
  public boolean answers() {
    try {
      client.pingCmd().exec();
      return true;
    } catch (RuntimeException silence) {
      return false;
    }
  }

  public boolean hasImage(String image) {
    try {
      client.inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException absent) {
      return false;
    }
  }

  /**
   * Removes every container of a cluster, running or not; volumes stay.
   *
   * @return how many there were
   */
  public int removeAll(String cluster) {
    var containers =
        client
            .listContainersCmd()
            .withShowAll(true)
            .withLabelFilter(Map.of(Ownership.CLUSTER, cluster))
            .exec();
    int removed = 0;
    for (var container : containers) {
      Container found = Views.of(client.inspectContainerCmd(container.getId()).exec(), false);
      if (Ownership.of(found, cluster) != null) {
        client.removeContainerCmd(container.getId()).withForce(true).withRemoveVolumes(true).exec();
        removed++;
      }
    }
    return removed;
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
