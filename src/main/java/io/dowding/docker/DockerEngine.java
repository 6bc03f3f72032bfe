package io.dowding.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.AuthConfig;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerFile;
import io.dowding.model.ContainerSpec;
import io.dowding.model.EngineTable;
import io.dowding.model.EngineTable.Call;
import io.dowding.model.Networks;
import io.dowding.model.Ownership;
import io.dowding.model.RestartPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A real engine. Its answers are parsed strictly by hand; an unusable answer is thrown as {@link
 * MalformedAnswer}.
 */
final class DockerEngine implements EngineApi {

  private static final int MOST_CONTAINERS = 10_000;

  /**
   * For one container. That of an image with all ports exposed takes 2 MiB, that of the longest
   * definition 3 MiB: no service or image that passed the checks makes a list fail.
   */
  static final int INSPECTION = 16 << 20;

  /** For one image; one that takes more is refused. */
  private static final int IMAGE = 4 << 20;

  private static final int SMALL = EngineHttp.SMALL;

  /** For a list. None of it is kept, except what {@link #KEPT} limits. */
  private static final int LIST = 512 << 20;

  /** For what is kept of all containers, in characters. */
  private static final int KEPT = 32 << 20;

  /** Ten minutes of progress of twenty layers take less. */
  private static final long PULL = 128L << 20;

  /** For one line of it. */
  private static final int PROGRESS = 256 << 10;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
  private static final int STILL_RUNS = -1;
  private static final String NO_CONTAINER = "no such container";

  private final Connection connection;
  private final Brought brought;
  private final Duration silence;
  private final Descriptions descriptions;

  /**
   * @param settings how long to wait for answers
   */
  DockerEngine(Connection connection, DockerSettings settings) {
    this.connection = connection;
    this.brought = new Brought(connection, this);
    this.silence = settings.call();
    this.descriptions = new Descriptions(settings.ping());
  }

  /** What needs a person, as of the last list; empty if nothing does. */
  String problem() {
    return descriptions.problem();
  }

  @Override
  public List<Container> list() {
    List<Container> all = new ArrayList<>();
    List<Container> ours = new ArrayList<>();
    Map<String, Answer> states = new HashMap<>();
    Map<String, Answer> images = new HashMap<>();
    long[] left = {KEPT};
    connection.each(
        connection.path("/containers/json?all=true"),
        LIST,
        Views.OF_LISTED,
        seen -> {
          if (all.size() + ours.size() == MOST_CONTAINERS) {
            throw new MalformedAnswer(
                "the engine lists more than 10000 containers: remove those that are not needed");
          }
          Container container = Views.listed(seen);
          if (container.labels().containsKey(Ownership.CLUSTER)) {
            ours.add(container);
            states.put(container.id(), seen.at("State"));
            images.put(container.id(), seen.at("ImageID"));
          } else {
            all.add(counted(container, left));
          }
        });
    for (Container container :
        descriptions.of(
            ours,
            this::inspect,
            listed -> {
              Views.mustBeState(Objects.requireNonNull(states.get(listed.id())));
              return ownLabels(listed, Objects.requireNonNull(images.get(listed.id())).name());
            })) {
      all.add(counted(container, left));
    }
    return all;
  }

  private static Container counted(Container container, long[] left) {
    Container kept = left[0] < KEPT / 2 ? Views.briefly(container) : container;
    left[0] -= Views.size(kept);
    if (left[0] < 0) {
      throw new MalformedAnswer(
          "the engine's containers take more than 32 MiB to describe: remove those with the most"
              + " published ports and longest labels, which docker ps --no-trunc shows");
    }
    return kept;
  }

  @Override
  public Set<String> volumes() {
    Set<String> names = new TreeSet<>();
    byte[] body = connection.get(connection.path("/volumes"), KEPT);
    if (body == null) {
      throw new MalformedAnswer("the engine has no list of volumes");
    }
    for (Answer volume : Answer.parse("/volumes", body).at("Volumes").items()) {
      names.add(volume.at("Name").name());
    }
    return names;
  }

  @Override
  public @Nullable Container inspect(String idOrName) {
    return inspect(idOrName, silence);
  }

  private @Nullable Container inspect(String idOrName, Duration longestSilence) {
    byte[] seen =
        connection.get(atContainers(idOrName, "/json"), INSPECTION, longestSilence, NO_CONTAINER);
    return seen == null ? null : container(seen, idOrName);
  }

  private Container container(byte[] body, String idOrName) {
    Answer seen = Answer.parse("container " + shortened(idOrName), body);
    Container container = Views.of(seen, false);
    if (!container.id().startsWith(idOrName) && !container.name().equals(idOrName)) {
      throw new MalformedAnswer(
          "asked for container " + shortened(idOrName) + ", but the engine describes another");
    }
    if (!container.labels().containsKey(Ownership.CLUSTER)) {
      return container;
    }
    Container own = ownLabels(container, seen.at("Image").name());
    descriptions.inspected(own);
    return own;
  }

  private Container ownLabels(Container container, String image) {
    try {
      return Views.withoutImages(container, brought.labels(image));
    } catch (BadRequestException tooLong) {
      // None of ours has such an image: its labels may all be the image's.
      return Views.withoutImages(container, container.labels());
    }
  }

  private static String shortened(String idOrName) {
    return idOrName.length() == 64 ? idOrName.substring(0, 12) : idOrName;
  }

  private @Nullable Answer imageAnswer(String image) {
    try {
      byte[] body = connection.get(connection.path("/images/" + imagePath(image)), IMAGE);
      return body == null ? null : Answer.parse("image " + image, body);
    } catch (MalformedAnswer.TooLong tooLong) {
      throw new BadRequestException(
          "the image "
              + image
              + " takes more than 4 MiB to describe: build it with fewer labels, exposed ports and"
              + " environment variables",
          tooLong);
    }
  }

  private static String imagePath(String image) {
    String escaped = escaped(image).replace("%2F", "/").replace("%3A", ":").replace("%40", "@");
    return escaped + "/json";
  }

  @Override
  public @Nullable Image image(String image) {
    Answer answer = imageAnswer(image);
    if (answer == null) {
      return null;
    }
    Image found = Views.image(answer);
    brought.saw(image, found);
    return found;
  }

  @Override
  public void pull(String image, Consumer<String> progress) throws InterruptedException {
    List<String> parts = Images.nameAndTag(image);
    String path =
        connection.path(
            "/images/create?fromImage="
                + escaped(parts.getFirst())
                + (parts.getLast().isEmpty() ? "" : "&tag=" + escaped(parts.getLast())));
    AuthConfig login = connection.login(Images.registry(image));
    try (Exchange exchange = connection.pull(path, login == null ? Map.of() : header(login))) {
      exchange.mustBeJson();
      Lines.read("the pull's progress", exchange.body(PULL), PROGRESS, new PullProgress(progress));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @Override
  public String resolve(String image) throws InterruptedException {
    List<String> parts = Images.nameAndTag(image);
    String path =
        connection.path(
            "/distribution/"
                + escaped(String.join(":", parts)).replace("%2F", "/").replace("%3A", ":")
                + "/json");
    AuthConfig login = connection.login(Images.registry(image));
    try (Exchange exchange = connection.ask(path, login == null ? Map.of() : header(login))) {
      exchange.mustBeJson();
      byte[] body = exchange.body(SMALL).readAllBytes();
      return Views.digest(Answer.parse("the registry's answer", body));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static Map<String, String> header(AuthConfig login) throws JsonProcessingException {
    byte[] json = Answer.JSON.writeValueAsBytes(login);
    return Map.of("X-Registry-Auth", Base64.getUrlEncoder().encodeToString(json));
  }

  @Override
  public String create(String cluster, String base, Allocation record, ContainerSpec spec) {
    EngineFields.mustKnow(spec, connection.version());
    brought.check(record.service(), spec);
    // Not its fields alone: exec adds the addresses and aliases in its network.
    String id = Creation.command(connection.docker(), cluster, base, record, spec).exec().getId();
    return new Answer("the new container's id", Answer.JSON.valueToTree(id)).id();
  }

  @Override
  public void copy(String id, List<ContainerFile> files) {
    connection.put(atContainers(id, "/archive?path=%2F"), Archive.of(files));
  }

  @Override
  public int exec(String id, Map<String, Object> exec, Duration atMost)
      throws InterruptedException {
    List<String> refusals =
        connection.policy().refusals(serviceOf(id), EngineTable.findings(Call.EXEC, exec));
    if (!refusals.isEmpty()) {
      throw new BadRequestException(String.join("; ", refusals));
    }
    byte[] made = connection.send("POST", atContainers(id, "/exec"), exec);
    String run = Answer.parse("exec", made).at("Id").id();
    // The output is not read, so the engine drops it; only the exit is awaited.
    connection.send(
        "POST", connection.path("/exec/" + run + "/start"), Map.of("Detach", true, "Tty", false));
    long end = System.nanoTime() + atMost.toNanos();
    Duration pause = FIRST_PAUSE;
    while (true) {
      byte[] seen = connection.get(connection.path("/exec/" + run + "/json"), SMALL);
      int code = seen == null ? STILL_RUNS : Views.exitCode(Answer.parse("exec", seen));
      if (code != STILL_RUNS || System.nanoTime() >= end) {
        return code;
      }
      Thread.sleep(pause);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }
  }

  private String serviceOf(String container) {
    Container found = inspect(container);
    return found == null ? "" : found.labels().getOrDefault(Ownership.SERVICE, "");
  }

  @Override
  public void start(String id) {
    try {
      connection.send("POST", atContainers(id, "/start"), null);
    } catch (NotModifiedException alreadyRuns) {
      // Already gone, as intended.
    }
  }

  @Override
  public void signal(String id, String signal) {
    connection.send("POST", atContainers(id, "/kill?signal=" + escaped(signal)), null);
  }

  @Override
  public void remove(String id) {
    connection.send("DELETE", atContainers(id, "?v=true"), null);
  }

  @Override
  public void setRestart(String id, RestartPolicy policy) {
    connection.send(
        "POST",
        atContainers(id, "/update"),
        Map.of(
            "RestartPolicy",
            Map.of("Name", policy.kind().word(), "MaximumRetryCount", policy.maxRetries())));
  }

  @Override
  public @Nullable Map<String, String> network(String name) {
    byte[] body = connection.get(atNetworks(escaped(name)), INSPECTION);
    if (body == null) {
      return null;
    }
    Views.Network found = Views.network(Answer.parse("network " + name, body));
    // An engine also finds a network by a prefix of its id.
    return name.equals(found.name()) ? found.labels() : null;
  }

  @Override
  public void createNetwork(String name, Map<String, String> labels, Map<?, ?> options) {
    Map<String, Object> body = new TreeMap<>();
    body.put("Name", name);
    body.put("CheckDuplicate", true);
    body.put("Driver", "bridge");
    body.put("Labels", labels);
    body.put("Internal", Boolean.TRUE.equals(options.get("Internal")));
    for (String field : List.of("EnableIPv6", "IPAM")) {
      if (options.get(field) != null) {
        body.put(field, options.get(field));
      }
    }
    if (options.get("Options") instanceof Map<?, ?> given) {
      Map<String, String> texts = new TreeMap<>();
      given.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
      body.put("Options", texts);
    }
    connection.send("POST", atNetworks("create"), body);
  }

  @Override
  public void connect(String network, String id, List<String> entries) {
    Map<String, Object> endpoint = new TreeMap<>(Map.of("Aliases", Networks.aliases(entries)));
    Map<String, String> addresses = new TreeMap<>();
    for (String address : Networks.addresses(entries)) {
      addresses.put(address.contains(":") ? "IPv6Address" : "IPv4Address", address);
    }
    if (!addresses.isEmpty()) {
      endpoint.put("IPAMConfig", addresses);
    }
    connection.send(
        "POST",
        atNetworks(escaped(network) + "/connect"),
        Map.of("Container", id, "EndpointConfig", endpoint));
  }

  @Override
  public List<String> networks(String cluster) {
    List<String> names = new ArrayList<>();
    String filter = "{\"label\":[\"" + Ownership.CLUSTER + "=" + cluster + "\"]}";
    connection.each(
        connection.path("/networks?filters=" + escaped(filter)),
        LIST,
        Views.OF_NETWORK,
        network -> {
          Views.Network found = Views.network(network);
          // An engine may ignore the filter; that must not remove the networks of others.
          if (cluster.equals(found.labels().get(Ownership.CLUSTER))) {
            names.add(found.name());
          }
        });
    return names;
  }

  @Override
  public int users(String network) {
    int[] users = {0};
    connection.each(
        connection.path("/containers/json?all=true"),
        LIST,
        Views.OF_USER,
        container -> {
          if (Views.uses(container, network)) {
            users[0]++;
          }
        });
    return users[0];
  }

  @Override
  public void removeNetwork(String name) {
    connection.send("DELETE", atNetworks(escaped(name)), null);
  }

  @Override
  public void ping() {
    connection.send("GET", "/_ping", null);
  }

  private String atContainers(String idOrName, String rest) {
    return connection.path("/containers/" + escaped(idOrName) + rest);
  }

  private String atNetworks(String rest) {
    return connection.path("/networks/" + rest);
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
