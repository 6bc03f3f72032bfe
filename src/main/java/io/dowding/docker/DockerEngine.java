package io.dowding.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.ExecCreateCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.Network;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerFile;
import io.dowding.model.ContainerSpec;
import io.dowding.model.EngineTable;
import io.dowding.model.EngineTable.Call;
import io.dowding.model.Networks;
import io.dowding.model.Ownership;
import io.dowding.model.RestartPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A real engine, through docker-java. */
final class DockerEngine implements EngineApi {

  private final Connection connection;
  private final Brought brought;

  DockerEngine(Connection connection) {
    this.connection = connection;
    this.brought = new Brought(connection);
  }

  /** All or nothing: a container that cannot be looked at fails the whole list. */
  @Override
  public List<Container> list() {
    List<Container> all = new ArrayList<>();
    for (var seen : connection.calls().listContainersCmd().withShowAll(true).exec()) {
      boolean maybeOurs =
          seen.getLabels() != null && seen.getLabels().containsKey(Ownership.CLUSTER);
      Container container = maybeOurs ? inspect(seen.getId()) : Views.of(seen);
      if (container != null) {
        all.add(container);
      }
    }
    return all;
  }

  @Override
  public @Nullable Container inspect(String idOrName) {
    try {
      DockerClient client = connection.calls();
      InspectContainerResponse seen = client.inspectContainerCmd(idOrName).exec();
      Container container = Views.of(seen, false);
      return container.labels().containsKey(Ownership.CLUSTER)
          ? Views.withoutImages(container, brought.labels(seen.getImageId()))
          : container;
    } catch (NotFoundException gone) {
      return null;
    }
  }

  /** Read by hand: docker-java leaves out when it was tagged. */
  @Override
  public @Nullable Image image(String image) {
    JsonNode found = connection.get("/images/" + image + "/json");
    if (found == null) {
      return null;
    }
    List<String> digests = new ArrayList<>();
    found.path("RepoDigests").forEach(digest -> digests.add(digest.asText()));
    String tagged = found.path("Metadata").path("LastTagTime").asText();
    return new Image(
        digests,
        tagged.isEmpty() ? Instant.EPOCH : OffsetDateTime.parse(tagged).toInstant(),
        Brought.texts(found.path("Config").path("Labels")));
  }

  @Override
  public void pull(String image, Consumer<String> progress) throws InterruptedException {
    List<String> parts = Images.nameAndTag(image);
    try (PullImageCmd command = connection.pulls().pullImageCmd(parts.getFirst())) {
      AuthConfig login = connection.login(Images.registry(image));
      if (login != null) {
        command.withAuthConfig(login);
      }
      (parts.getLast().isEmpty() ? command : command.withTag(parts.getLast()))
          .exec(new PullProgress(progress))
          .awaitCompletion();
    }
  }

  @Override
  public String create(String cluster, String base, Allocation record, ContainerSpec spec) {
    EngineFields.mustKnow(spec.engine(), connection.version());
    brought.check(record.service(), spec);
    return Creation.command(connection.calls(), cluster, base, record, spec).exec().getId();
  }

  @Override
  public void copy(String id, List<ContainerFile> files) {
    connection
        .calls()
        .copyArchiveToContainerCmd(id)
        .withTarInputStream(Archive.of(files))
        .withRemotePath("/")
        .exec();
  }

  @Override
  public int exec(String id, Map<String, Object> exec, Duration atMost)
      throws InterruptedException {
    List<String> refusals =
        connection.policy().refusals(serviceOf(id), EngineTable.findings(Call.EXEC, exec));
    if (!refusals.isEmpty()) {
      throw new BadRequestException(String.join("; ", refusals));
    }
    // A command may be silent for as long as it likes.
    DockerClient client = connection.patient();
    ExecCreateCmd create = client.execCreateCmd(id);
    exec.forEach(
        (field, value) -> {
          switch (field) {
            case "Cmd" -> create.withCmd(texts(value));
            case "Env" -> create.withEnv(List.of(texts(value)));
            case "User" -> create.withUser((String) value);
            case "WorkingDir" -> create.withWorkingDir((String) value);
            case "Privileged" -> create.withPrivileged((Boolean) value);
            default -> throw new IllegalArgumentException("nobody knows what to do with " + field);
          }
        });
    String run = create.withAttachStdout(true).withAttachStderr(true).exec().getId();
    boolean ended =
        client
            .execStartCmd(run)
            .exec(new ResultCallback.Adapter<Frame>())
            .awaitCompletion(atMost.toMillis(), TimeUnit.MILLISECONDS);
    Long code = ended ? client.inspectExecCmd(run).exec().getExitCodeLong() : null;
    return code == null ? -1 : code.intValue();
  }

  private String serviceOf(String container) {
    Container found = inspect(container);
    return found == null ? "" : found.labels().getOrDefault(Ownership.SERVICE, "");
  }

  private static String[] texts(Object list) {
    return ((List<?>) list).stream().map(String::valueOf).toArray(String[]::new);
  }

  @Override
  public void start(String id) {
    try {
      connection.calls().startContainerCmd(id).exec();
    } catch (NotModifiedException alreadyRuns) {
      // That is what was wanted.
    }
  }

  @Override
  public void signal(String id, String signal) {
    connection.calls().killContainerCmd(id).withSignal(signal).exec();
  }

  @Override
  public void remove(String id) {
    connection.calls().removeContainerCmd(id).withRemoveVolumes(true).exec();
  }

  @Override
  public void setRestart(String id, RestartPolicy policy) {
    connection.calls().updateContainerCmd(id).withRestartPolicy(Creation.restart(policy)).exec();
  }

  @Override
  public @Nullable Map<String, String> network(String name) {
    try {
      Network found = connection.calls().inspectNetworkCmd().withNetworkId(name).exec();
      // An engine also finds a network by the beginning of its id.
      return name.equals(found.getName()) ? found.getLabels() : null;
    } catch (NotFoundException absent) {
      return null;
    }
  }

  @Override
  public void createNetwork(String name, Map<String, String> labels, Map<?, ?> options) {
    var create =
        connection
            .calls()
            .createNetworkCmd()
            .withName(name)
            .withCheckDuplicate(true)
            .withDriver("bridge")
            .withLabels(labels)
            .withInternal(Boolean.TRUE.equals(options.get("Internal")));
    if (options.get("Options") instanceof Map<?, ?> given) {
      Map<String, String> texts = new TreeMap<>();
      given.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
      create.withOptions(texts);
    }
    create.exec();
  }

  @Override
  public void connect(String network, String id, List<String> aliases) {
    connection
        .calls()
        .connectToNetworkCmd()
        .withNetworkId(network)
        .withContainerId(id)
        .withContainerNetwork(new ContainerNetwork().withAliases(aliases))
        .exec();
  }

  @Override
  public List<String> networks(String cluster) {
    return connection
        .calls()
        .listNetworksCmd()
        .withFilter("label", List.of(Ownership.CLUSTER + "=" + cluster))
        .exec()
        .stream()
        .map(Network::getName)
        .toList();
  }

  @Override
  public int users(String network) {
    return (int)
        connection.calls().listContainersCmd().withShowAll(true).exec().stream()
            .filter(container -> uses(container, network))
            .count();
  }

  private static boolean uses(com.github.dockerjava.api.model.Container container, String network) {
    var settings = container.getNetworkSettings();
    boolean connected =
        settings != null
            && settings.getNetworks() != null
            && settings.getNetworks().containsKey(network);
    return connected
        || (container.getLabels() != null
            && Networks.in(container.getLabels()).containsKey(network));
  }

  @Override
  public void removeNetwork(String name) {
    connection.calls().removeNetworkCmd(name).exec();
  }

  @Override
  public void ping() {
    connection.calls().pingCmd().exec();
  }
}
