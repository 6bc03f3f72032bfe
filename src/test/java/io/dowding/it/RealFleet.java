package io.dowding.it;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerSpec;
import com.github.dockerjava.api.model.ServiceModeConfig;
import com.github.dockerjava.api.model.ServiceReplicatedModeOptions;
import com.github.dockerjava.api.model.ServiceSpec;
import com.github.dockerjava.api.model.SwarmSpec;
import com.github.dockerjava.api.model.TaskSpec;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.dowding.docker.DockerSettings;
import io.dowding.docker.HostEngine;
import io.dowding.model.Host;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An agent and real Docker hosts to be measured, beside the bare API and Swarm mode on the same
 * engines. Times are those at which the engines started containers.
 */
public final class RealFleet implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Between looks at the engines, which take time from what is measured. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  private static final String LABEL = "measured";

  private final TestCluster cluster;
  private final @Nullable SshServers ssh;
  private final HostEngine first;
  private final List<DockerClient> bare = new ArrayList<>();

  /** Starts the hosts and the agent, which reaches them over TCP. */
  public RealFleet(int hosts) {
    this(hosts, false);
  }

  /** The same, but through SSH. */
  public static RealFleet throughSsh(int hosts) {
    return new RealFleet(hosts, true);
  }

  private RealFleet(int hosts, boolean isSsh) {
    cluster = new TestCluster(hosts);
    cluster.patience(10, 60);
    TestHost one = cluster.hosts().getFirst();
    String endpoint = one.endpoint();
    DockerSettings settings = DockerSettings.QUICK;
    if (isSsh) {
      ssh = new SshServers(cluster.hosts());
      cluster.docker("sshConfig: " + ssh.config());
      cluster.writeInventory(ssh.inventory(cluster.hosts()));
      endpoint = ssh.endpoint(one);
      settings = ssh.settings();
    } else {
      ssh = null;
    }
    first = HostEngine.connect(new Host(one.name(), endpoint, Set.of(), Map.of()), settings);
    for (TestHost host : cluster.hosts()) {
      bare.add(client(host.endpoint()));
    }
    cluster.startAgent();
    service("warm", hosts);
    remove("warm");
  }

  /** Over TCP. */
  private static DockerClient client(String endpoint) {
    var config =
        DefaultDockerClientConfig.createDefaultConfigBuilder().withDockerHost(endpoint).build();
    return DockerClientImpl.getInstance(
        config,
        new ApacheDockerHttpClient.Builder()
            .dockerHost(config.getDockerHost())
            .maxConnections(100)
            .build());
  }

  // dowding

  /** Asks a host for its containers, of which there are few. Returns the time of the answer. */
  public Duration request() {
    long begun = System.nanoTime();
    first.list();
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /** Writes a service. Returns the time until its last job was started. */
  public Duration service(String name, int replicas) {
    Instant put = Instant.now();
    cluster.put("services/" + name, TestCluster.service(TestCluster.replicas(replicas)));
    return Duration.between(put, last(started("dowding.service", name, replicas, put)));
  }

  /** Deletes a service and waits until its containers are gone. */
  public void remove(String name) {
    cluster.delete("services/" + name);
    await().atMost(PATIENCE).until(() -> found("dowding.service", name).isEmpty());
  }

  /** Kills the one container of a service. Returns the time until it was started again. */
  public Duration restart(String name) {
    await().atMost(PATIENCE).until(() -> cluster.status(name).path("running").asInt() == 1);
    Found one = found("dowding.service", name).getFirst();
    one.host().killContainerCmd(one.id()).exec();
    Instant died = Instant.parse(state(one).getFinishedAt());
    return Duration.between(died, last(started("dowding.service", name, 1, died)));
  }

  // the bare API

  /** Creates and starts a container. Returns how long that took. */
  public Duration bareCreateAndStart(int host) {
    Instant begun = Instant.now();
    Found made = create(bare.get(host));
    made.host().startContainerCmd(made.id()).exec();
    return Duration.between(begun, Instant.parse(state(made).getStartedAt()));
  }

  private static Found create(DockerClient docker) {
    String id =
        docker
            .createContainerCmd(Testbed.IMAGE)
            .withLabels(Map.of(LABEL, "bare"))
            .withCmd("serve")
            .exec()
            .getId();
    return new Found(docker, id);
  }

  /** Kills a container and starts it. Returns how long the start took. */
  public Duration bareRestart(int host) {
    Found made = create(bare.get(host));
    made.host().startContainerCmd(made.id()).exec();
    made.host().killContainerCmd(made.id()).exec();
    Instant begun = Instant.now();
    made.host().startContainerCmd(made.id()).exec();
    return Duration.between(begun, Instant.parse(state(made).getStartedAt()));
  }

  /** Removes what the bare API made. */
  public void removeBare() {
    found(LABEL, "bare")
        .forEach(one -> one.host().removeContainerCmd(one.id()).withForce(true).exec());
  }

  // Swarm mode

  /** Joins all engines to one swarm. */
  public void joinSwarm() {
    TestHost first = cluster.hosts().getFirst();
    bare.getFirst()
        .initializeSwarmCmd(new SwarmSpec())
        .withAdvertiseAddr(first.address())
        .withListenAddr(first.address())
        .exec();
    String token = bare.getFirst().inspectSwarmCmd().exec().getJoinTokens().getWorker();
    for (TestHost host : cluster.hosts().subList(1, cluster.hosts().size())) {
      bare.get(cluster.hosts().indexOf(host))
          .joinSwarmCmd()
          .withAdvertiseAddr(host.address())
          .withListenAddr(host.address())
          .withRemoteAddrs(List.of(first.address() + ":2377"))
          .withJoinToken(token)
          .exec();
    }
  }

  /** Dissolves the swarm. */
  public void leaveSwarm() {
    bare.forEach(docker -> docker.leaveSwarmCmd().withForceEnabled(true).exec());
  }

  /** Creates a Swarm service. Returns the time until its last task was started. */
  public Duration swarmService(String name, int replicas) {
    Instant begun = Instant.now();
    bare.getFirst().createServiceCmd(swarmSpec(name, replicas)).exec();
    return Duration.between(
        begun, last(started("com.docker.swarm.service.name", name, replicas, begun)));
  }

  private static ServiceSpec swarmSpec(String name, int replicas) {
    var container = new ContainerSpec().withImage(Testbed.IMAGE).withArgs(List.of("serve"));
    var mode =
        new ServiceModeConfig()
            .withReplicated(new ServiceReplicatedModeOptions().withReplicas(replicas));
    return new ServiceSpec()
        .withName(name)
        .withMode(mode)
        .withTaskTemplate(new TaskSpec().withContainerSpec(container));
  }

  /** Removes a Swarm service and waits until its containers are gone. */
  public void removeSwarmService(String name) {
    bare.getFirst().removeServiceCmd(name).exec();
    await().atMost(PATIENCE).until(() -> found("com.docker.swarm.service.name", name).isEmpty());
  }

  // containers

  private record Found(DockerClient host, String id) {}

  /** Waits until this many containers run that were started after a time. */
  private List<Instant> started(String label, String value, int count, Instant since) {
    List<Instant> times = new ArrayList<>();
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(PAUSE)
        .until(
            () -> {
              if (running(label, value) < count) {
                return false;
              }
              times.clear();
              for (Found one : found(label, value)) {
                try {
                  times.add(Instant.parse(state(one).getStartedAt()));
                } catch (NotFoundException removed) {
                  // One of an earlier turn; it was still in the list.
                }
              }
              return times.stream().filter(since::isBefore).count() >= count;
            });
    return times;
  }

  private static Instant last(List<Instant> times) {
    return times.stream().max(Comparator.naturalOrder()).orElseThrow();
  }

  private static InspectContainerResponse.ContainerState state(Found one) {
    return one.host().inspectContainerCmd(one.id()).exec().getState();
  }

  private long running(String label, String value) {
    return bare.stream()
        .mapToLong(
            docker ->
                docker.listContainersCmd().withLabelFilter(Map.of(label, value)).exec().size())
        .sum();
  }

  private List<Found> found(String label, String value) {
    List<Found> found = new ArrayList<>();
    for (DockerClient docker : bare) {
      for (Container container :
          docker
              .listContainersCmd()
              .withShowAll(true)
              .withLabelFilter(Map.of(label, value))
              .exec()) {
        found.add(new Found(docker, container.getId()));
      }
    }
    return found;
  }

  @Override
  public void close() throws IOException {
    removeBare();
    first.close();
    cluster.close();
    if (ssh != null) {
      ssh.close();
    }
    for (DockerClient docker : bare) {
      docker.close();
    }
  }
}
