package io.dowding.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.ExecCreateCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.DockerException;
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
import io.dowding.model.Mount;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A real engine, through docker-java. */
final class DockerEngine implements EngineApi {

  private static final int MOST_IMAGES = 1000;

  private final Connection connection;
  private final Map<String, Map<String, String>> imageLabels = new ConcurrentHashMap<>();

  DockerEngine(Connection connection) {
    this.connection = connection;
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
          ? Views.withoutImages(container, ofImage(seen.getImageId()))
          : container;
    } catch (NotFoundException gone) {
      return null;
    }
  }

  /** The labels of an image, by its id, which always means the same; none where it has gone. */
  private Map<String, String> ofImage(String id) {
    Map<String, String> known = imageLabels.get(id);
    if (known != null) {
      return known;
    }
    Image image;
    try {
      image = image(id);
    } catch (DockerException broken) {
      // One image that its host cannot read is no reason to lose sight of the host.
      return Map.of();
    }
    if (image == null) {
      return Map.of();
    }
    if (imageLabels.size() >= MOST_IMAGES) {
      imageLabels.clear();
    }
    imageLabels.put(id, image.labels());
    return image.labels();
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
        texts(found.path("Config").path("Labels")));
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
    List<String> refusals = refusals(record.service(), spec);
    if (!refusals.isEmpty()) {
      throw new BadRequestException(String.join("; ", refusals));
    }
    return Creation.command(connection.calls(), cluster, base, record, spec).exec().getId();
  }

  /** What is only known on the host: the image's labels, and how volumes were made there. */
  private List<String> refusals(String service, ContainerSpec spec) {
    List<String> refusals = new ArrayList<>();
    Image image = image(spec.image());
    if (image != null && Ownership.isClaimedBy(image.labels())) {
      refusals.add(Images.claims(spec.image(), image.labels()));
    }
    spec.mounts().stream()
        .filter(mount -> mount.type() == Mount.Type.VOLUME && !mount.source().isEmpty())
        .forEach(mount -> refusals.addAll(ofVolume(service, mount.source())));
    for (String other : spec.volumesFrom()) {
      List<Mount> mounts = mounts(other.replaceFirst(":.*", ""));
      refusals.addAll(connection.policy().mountRefusals(service, mounts));
      mounts.stream()
          .filter(mount -> mount.type() == Mount.Type.VOLUME && !mount.source().isEmpty())
          .forEach(mount -> refusals.addAll(ofVolume(service, mount.source())));
    }
    return refusals;
  }

  private List<String> ofVolume(String service, String name) {
    JsonNode volume = connection.get("/volumes/" + name);
    return volume == null
        ? List.of()
        : connection
            .policy()
            .volumeRefusals(
                service, name, volume.path("Driver").asText(), texts(volume.path("Options")));
  }

  /** Those that a container really has. */
  private List<Mount> mounts(String container) {
    List<Mount> mounts = new ArrayList<>();
    JsonNode found = connection.get("/containers/" + container + "/json");
    for (JsonNode mount : found == null ? List.<JsonNode>of() : found.path("Mounts")) {
      boolean isBind = mount.path("Type").asText().equals("bind");
      mounts.add(
          new Mount(
              isBind ? Mount.Type.BIND : Mount.Type.VOLUME,
              mount.path(isBind ? "Source" : "Name").asText(),
              mount.path("Destination").asText(),
              !mount.path("RW").asBoolean()));
    }
    return mounts;
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new TreeMap<>();
    object.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
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
