package io.dowding.docker;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerPort;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.NetworkSettings;
import com.github.dockerjava.api.model.Ports;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Ownership;
import io.dowding.model.Port;
import io.dowding.model.RestartPolicy;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an engine says of a container, as the model has it. */
final class Views {

  private Views() {}

  /** From an inspection: everything. */
  static Container of(InspectContainerResponse seen, boolean inherited) {
    var state = seen.getState();
    var config = seen.getConfig();
    String health = state.getHealth() == null ? null : state.getHealth().getStatus();
    return new Container(
        seen.getId(),
        name(seen.getName()),
        Objects.requireNonNullElse(config.getImage(), ""),
        Objects.requireNonNullElse(config.getLabels(), Map.of()),
        inherited,
        Container.State.parse(state.getStatus()),
        (int) (long) Objects.requireNonNullElse(state.getExitCodeLong(), 0L),
        Boolean.TRUE.equals(state.getOOMKilled()),
        Objects.requireNonNullElse(state.getError(), ""),
        "none".equals(health) ? null : health,
        Objects.requireNonNullElse(seen.getRestartCount(), 0),
        time(state.getStartedAt()),
        time(state.getFinishedAt()),
        restart(seen.getHostConfig()),
        signal(raw(seen).get("StopSignal")),
        grace(raw(seen).get("StopTimeout")),
        ports(seen.getNetworkSettings()));
  }

  /**
   * The same without the labels that came with its image.
   *
   * @param ofImage the image's
   */
  static Container withoutImages(Container seen, Map<String, String> ofImage) {
    String incarnation = seen.labels().get(Ownership.INCARNATION);
    boolean inherited =
        incarnation != null && incarnation.equals(ofImage.get(Ownership.INCARNATION));
    return seen.withLabels(Ownership.withoutImages(seen.name(), seen.labels(), ofImage), inherited);
  }

  /** From a list: enough for a container that is not ours. */
  static Container of(com.github.dockerjava.api.model.Container seen) {
    List<Port> ports = new ArrayList<>();
    for (ContainerPort port : Objects.requireNonNullElse(seen.getPorts(), new ContainerPort[0])) {
      if (port.getPublicPort() != null && port.getPrivatePort() != null) {
        ports.add(
            new Port(
                address(port.getIp()),
                port.getPublicPort(),
                port.getPrivatePort(),
                Objects.requireNonNullElse(port.getType(), "tcp")));
      }
    }
    String[] names = Objects.requireNonNullElse(seen.getNames(), new String[0]);
    return new Container(
        seen.getId(),
        names.length == 0 ? "" : name(names[0]),
        Objects.requireNonNullElse(seen.getImage(), ""),
        Objects.requireNonNullElse(seen.getLabels(), Map.of()),
        true,
        Container.State.parse(seen.getState()),
        0,
        false,
        "",
        null,
        0,
        null,
        null,
        RestartPolicy.Kind.NO,
        "TERM",
        ContainerSpec.DEFAULT_STOP_GRACE,
        List.copyOf(new TreeSet<>(ports)));
  }

  private static String name(@Nullable String name) {
    String text = Objects.requireNonNullElse(name, "");
    return text.startsWith("/") ? text.substring(1) : text;
  }

  /** Docker writes the year 1 for never. */
  private static @Nullable Instant time(@Nullable String text) {
    try {
      Instant time = text == null || text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
      return time.isAfter(Instant.EPOCH) ? time : null;
    } catch (DateTimeException unreadable) {
      return null;
    }
  }

  private static RestartPolicy.Kind restart(@Nullable HostConfig config) {
    String name =
        config == null || config.getRestartPolicy() == null
            ? ""
            : config.getRestartPolicy().getName();
    for (RestartPolicy.Kind kind : RestartPolicy.Kind.values()) {
      if (kind.word().equals(name)) {
        return kind;
      }
    }
    return RestartPolicy.Kind.NO;
  }

  /** docker-java has no getters for these, and keeps what it does not know at the top only. */
  private static Map<?, ?> raw(InspectContainerResponse seen) {
    return seen.getRawValues().get("Config") instanceof Map<?, ?> config ? config : Map.of();
  }

  private static String signal(@Nullable Object written) {
    return written instanceof String text && !text.isEmpty() ? text : "TERM";
  }

  private static Duration grace(@Nullable Object written) {
    return written instanceof Number seconds
        ? Duration.ofSeconds(seconds.longValue())
        : ContainerSpec.DEFAULT_STOP_GRACE;
  }

  private static List<Port> ports(@Nullable NetworkSettings network) {
    if (network == null || network.getPorts() == null) {
      return List.of();
    }
    TreeSet<Port> ports = new TreeSet<>();
    for (Map.Entry<ExposedPort, Ports.Binding[]> entry :
        network.getPorts().getBindings().entrySet()) {
      if (entry.getValue() == null) {
        continue;
      }
      for (Ports.Binding binding : entry.getValue()) {
        String published = Objects.requireNonNullElse(binding.getHostPortSpec(), "");
        if (published.matches("\\d{1,5}")) {
          ports.add(
              new Port(
                  address(binding.getHostIp()),
                  Integer.parseInt(published),
                  entry.getKey().getPort(),
                  entry.getKey().getProtocol().toString()));
        }
      }
    }
    return List.copyOf(ports);
  }

  private static String address(@Nullable String ip) {
    return ip == null || ip.equals("0.0.0.0") || ip.equals("::") ? "" : ip;
  }
}
