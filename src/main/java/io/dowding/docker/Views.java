package io.dowding.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.exception.BadRequestException;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Networks;
import io.dowding.model.Ownership;
import io.dowding.model.Port;
import io.dowding.model.RestartPolicy;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses an engine's containers, images and networks. Throws {@link MalformedAnswer}. */
final class Views {

  private static final int LAST_PORT = 65_535;
  private static final Pattern DIGEST = Pattern.compile("[a-z0-9]{1,20}:[0-9a-f]{32,128}");
  private static final Pattern EXITED = Pattern.compile("Exited \\((\\d{1,3})\\)");
  private static final Pattern HEALTH =
      Pattern.compile("\\((?:health: )?(starting|healthy|unhealthy)\\)$");
  private static final int UNKNOWN_CODE = 255;

  /** More count as this many: the agent goes on counting from here. */
  private static final int MOST_RESTARTS = 1_000_000;

  private static final int LONGEST_ERROR = 300;
  private static final int LONGEST_SIGNAL = 20;
  private static final int SIZE_WITHOUT = 500;
  private static final int SIZE_OF_PORT = 50;

  /** In characters. */
  private static final int LONG_LABELS = 64 << 10;

  private static final Instant NO_LATER = Instant.parse("9999-12-31T23:59:59Z");

  private Views() {}

  /** The network of a container that asked for no other. */
  private static final String BRIDGE = "bridge";

  /** From an inspection: everything. */
  static Container of(Answer seen, boolean inherited) {
    Answer state = seen.at("State").object();
    Answer config = seen.at("Config").object();
    String health = state.at("Health").at("Status").textOr("none");
    Map<String, String> labels = labels(config);
    return new Container(
        seen.at("Id").id(),
        name(seen.at("Name")),
        config.at("Image").textOr(""),
        labels,
        inherited,
        state(state.at("Status")),
        state.at("ExitCode").whole(0),
        state.at("OOMKilled").flag(),
        shortened(state.at("Error").textOr("")),
        "none".equals(health) ? null : health,
        (int) Math.min(MOST_RESTARTS, seen.at("RestartCount").number(0, Integer.MAX_VALUE, 0)),
        time(state.at("StartedAt")),
        time(state.at("FinishedAt")),
        restart(seen.at("HostConfig").at("RestartPolicy").at("Name").textOr("")),
        signal(config.at("StopSignal").textOr("")),
        grace(config.at("StopTimeout").whole(-1)),
        bindings(seen.at("NetworkSettings").at("Ports")),
        missing(
            labels,
            seen.at("HostConfig").at("NetworkMode").textOr(""),
            seen.at("NetworkSettings").at("Networks").fields().keySet()));
  }

  private static SortedMap<String, List<String>> missing(
      Map<String, String> labels, String mode, Set<String> connected) {
    boolean isOnBridge = mode.equals("default") || mode.equals(BRIDGE);
    // An engine without a bridge connects it to the network "none".
    return isOnBridge && connected.isEmpty()
        ? new TreeMap<>(Map.of(BRIDGE, List.of()))
        : Networks.missing(labels, connected);
  }

  /**
   * The same container without labels that came with its image.
   *
   * @param ofImage the labels of the image
   */
  static Container withoutImages(Container seen, Map<String, String> ofImage) {
    String incarnation = seen.labels().get(Ownership.INCARNATION);
    boolean inherited =
        incarnation != null && incarnation.equals(ofImage.get(Ownership.INCARNATION));
    return seen.withLabels(Ownership.withoutImages(seen.name(), seen.labels(), ofImage), inherited);
  }

  /** All labels; if they are long, only those that mean something here, since they are kept. */
  private static Map<String, String> labels(Answer of) {
    Map<String, String> all = of.at("Labels").textsByName();
    return size(all) > LONG_LABELS ? Ownership.claims(all) : all;
  }

  /** Without the labels that mean nothing here, which save memory when there are many. */
  static Container briefly(Container container) {
    return container.withLabels(Ownership.claims(container.labels()), container.inherited());
  }

  private static int size(Map<String, String> labels) {
    int size = 0;
    for (Map.Entry<String, String> label : labels.entrySet()) {
      size += label.getKey().length() + label.getValue().length();
    }
    return size;
  }

  /** How much of it is kept in memory, in characters. */
  static int size(Container container) {
    return SIZE_WITHOUT
        + SIZE_OF_PORT * container.ports().size()
        + container.image().length()
        + size(container.labels());
  }

  /** The fields that {@link #listed} reads. */
  static final Set<String> OF_LISTED =
      Set.of("Id", "Names", "State", "Status", "Image", "ImageID", "Labels", "Ports");

  /** From a list: enough for a container that is not ours, or that cannot be inspected. */
  static Container listed(Answer seen) {
    TreeSet<Port> ports = new TreeSet<>();
    for (Answer port : seen.at("Ports").items()) {
      int published = port(port.at("PublicPort"), 0);
      if (published != 0) {
        ports.add(
            new Port(
                address(port.at("IP").textOr("")),
                published,
                port(port.at("PrivatePort"), 0),
                port.at("Type").textOr("tcp")));
      }
    }
    String word = seen.at("State").name();
    Container.State state = Container.State.parse(word);
    String status = seen.at("Status").textOr("");
    List<Answer> names = seen.at("Names").items();
    // A container that is being removed has no name any more.
    boolean mayHaveNone = state == Container.State.DEAD || state == Container.State.REMOVING;
    return new Container(
        seen.at("Id").id(),
        names.isEmpty() && mayHaveNone ? "" : own(seen, names),
        seen.at("Image").textOr(""),
        labels(seen),
        true,
        state,
        exitCode(status),
        false,
        "",
        health(status),
        0,
        null,
        null,
        // Unknown; this one makes no plan change it.
        RestartPolicy.Kind.UNLESS_STOPPED,
        "TERM",
        ContainerSpec.DEFAULT_STOP_GRACE,
        List.copyOf(ports));
  }

  /** From words such as {@code Exited (137) 5 minutes ago}; an unknown code is not a success. */
  private static int exitCode(String status) {
    Matcher exited = EXITED.matcher(status);
    return exited.lookingAt() ? Integer.parseInt(exited.group(1)) : UNKNOWN_CODE;
  }

  /** From words such as {@code Up 5 minutes (unhealthy)}; null without a health check. */
  private static @Nullable String health(String status) {
    Matcher health = HEALTH.matcher(status);
    return health.find() ? health.group(1) : null;
  }

  /** The other names are links of other containers. */
  private static String own(Answer seen, List<Answer> names) {
    if (names.isEmpty()) {
      throw new MalformedAnswer(seen.at("Names").place() + " is empty");
    }
    return names.stream()
        .map(Views::name)
        .filter(name -> name.indexOf('/') < 0)
        .findFirst()
        .orElseGet(() -> name(names.getFirst()));
  }

  static EngineApi.Image image(Answer seen) {
    Answer tagged = seen.at("Metadata").at("LastTagTime");
    Instant time = time(tagged);
    JsonNode config = seen.at("Config").node();
    Map<String, String> claims = Ownership.claims(imageLabels(seen));
    if (size(claims) > LONG_LABELS) {
      throw new BadRequestException("its labels that only dowding may set are long");
    }
    return new EngineApi.Image(
        seen.at("RepoDigests").texts(),
        time == null ? Instant.EPOCH : time,
        claims,
        !config.path("Entrypoint").isEmpty(),
        Images.excess(config));
  }

  /** The digest in a registry's answer; it becomes part of an image's name. */
  static String digest(Answer distribution) {
    Answer found = distribution.at("Descriptor").at("digest");
    String digest = found.name();
    if (!DIGEST.matcher(digest).matches()) {
      throw new MalformedAnswer(found.place() + " is not a digest");
    }
    return digest;
  }

  static Map<String, String> imageLabels(Answer image) {
    return image.at("Config").at("Labels").textsByName();
  }

  /** A network on a host. */
  record Network(String name, Map<String, String> labels) {}

  /** The fields that {@link #network} reads. */
  static final Set<String> OF_NETWORK = Set.of("Name", "Labels");

  static Network network(Answer seen) {
    return new Network(seen.at("Name").name(), seen.at("Labels").textsByName());
  }

  /** The fields that {@link #uses} reads. */
  static final Set<String> OF_USER = Set.of("NetworkSettings", "Labels");

  /** Whether a container in a list is connected to a network, or will be before it starts. */
  static boolean uses(Answer listed, String network) {
    return listed.at("NetworkSettings").at("Networks").fields().containsKey(network)
        || Networks.in(listed.at("Labels").textsByName()).containsKey(network);
  }

  /** The exit code of a command; −1 if it has not exited. */
  static int exitCode(Answer exec) {
    int code = exec.at("ExitCode").whole(-1);
    return exec.at("Running").flag() ? -1 : code;
  }

  private static String name(Answer given) {
    String text = given.name();
    return text.startsWith("/") ? text.substring(1) : text;
  }

  /** An unknown state must not be taken for a container that has exited. */
  private static Container.State state(Answer given) {
    mustBeState(given);
    return Container.State.parse(given.text());
  }

  static void mustBeState(Answer given) {
    if (!Container.State.parse(given.text()).word().equals(given.text())) {
      throw new MalformedAnswer(given.place() + " is not a container state");
    }
  }

  private static String shortened(String text) {
    return text.length() > LONGEST_ERROR ? text.substring(0, LONGEST_ERROR) + "…" : text;
  }

  /** Docker writes the year 1 for never. Invalid times count as never too. */
  static @Nullable Instant time(Answer given) {
    String text = given.textOr("");
    try {
      Instant time = text.isEmpty() ? Instant.EPOCH : OffsetDateTime.parse(text).toInstant();
      return time.isAfter(Instant.EPOCH) && time.isBefore(NO_LATER) ? time : null;
    } catch (DateTimeException unreadable) {
      return null;
    }
  }

  private static RestartPolicy.Kind restart(String name) {
    for (RestartPolicy.Kind kind : RestartPolicy.Kind.values()) {
      if (kind.word().equals(name)) {
        return kind;
      }
    }
    return RestartPolicy.Kind.NO;
  }

  private static String signal(String written) {
    return written.isEmpty() || written.length() > LONGEST_SIGNAL ? "TERM" : written;
  }

  private static Duration grace(int seconds) {
    return seconds < 0 ? ContainerSpec.DEFAULT_STOP_GRACE : Duration.ofSeconds(seconds);
  }

  private static List<Port> bindings(Answer all) {
    TreeSet<Port> ports = new TreeSet<>();
    for (Map.Entry<String, Answer> entry : all.fields().entrySet()) {
      String[] target = entry.getKey().split("/", -1);
      for (Answer binding : entry.getValue().items()) {
        int published = port(binding.at("HostPort"));
        if (published != 0) {
          ports.add(
              new Port(
                  address(binding.at("HostIp").textOr("")),
                  published,
                  number(target[0], entry.getValue()),
                  target.length > 1 ? target[1] : "tcp"));
        }
      }
    }
    return List.copyOf(ports);
  }

  private static int port(Answer given, int absent) {
    return (int) given.number(0, LAST_PORT, absent);
  }

  /** A port given as text; empty text means none. */
  private static int port(Answer given) {
    String text = given.textOr("");
    return text.isEmpty() ? 0 : number(text, given);
  }

  private static int number(String text, Answer at) {
    boolean digits =
        !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int number = digits ? Integer.parseInt(text) : LAST_PORT + 1;
    if (number > LAST_PORT) {
      throw new MalformedAnswer(at.place() + " is not a port");
    }
    return number;
  }

  private static String address(String ip) {
    return ip.equals("0.0.0.0") || ip.equals("::") ? "" : ip;
  }
}
