package io.dowding.docker;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.Ports;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Networks;
import io.dowding.model.Ownership;
import io.dowding.model.Port;
import io.dowding.model.RestartPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;

/** Builds the body of a create with docker-java. */
final class Creation {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Creation() {}

  static CreateContainerCmd command(
      DockerClient client, String cluster, String base, Allocation record, ContainerSpec spec) {
    Map<String, String> labels = labels(cluster, base, record, spec);
    Set<ExposedPort> exposed = EngineFields.exposed(spec.engine());
    Ports bindings = new Ports();
    for (Port port : spec.ports()) {
      ExposedPort target = new ExposedPort(port.target(), InternetProtocol.parse(port.protocol()));
      exposed.add(target);
      String published = port.published() == 0 ? port.among() : Integer.toString(port.published());
      bindings.bind(target, new Ports.Binding(port.hostIp(), published));
    }
    CreateContainerCmd create =
        client
            .createContainerCmd(spec.image())
            .withName(Ownership.nameOf(record, spec))
            .withLabels(labels)
            .withEnv(spec.environment().entrySet().stream().map(Object::toString).toList())
            .withExposedPorts(new ArrayList<>(exposed))
            .withStopTimeout((int) spec.stopGracePeriod().toSeconds())
            .withHostConfig(host(spec).withPortBindings(bindings));
    EngineFields.add(create, spec.engine());
    SortedMap<String, List<String>> networks = Networks.in(labels);
    if (!networks.isEmpty()) {
      List<String> entries = networks.firstEntry().getValue();
      create.withAliases(Networks.aliases(entries));
      for (String address : Networks.addresses(entries)) {
        if (address.contains(":")) {
          create.withIpv6Address(address);
        } else {
          create.withIpv4Address(address);
        }
      }
    }
    if (spec.command() != null) {
      create.withCmd(spec.command());
    }
    if (spec.entrypoint() != null) {
      create.withEntrypoint(spec.entrypoint());
    }
    if (spec.stopSignal() != null) {
      create.withStopSignal(spec.stopSignal());
    }
    if (spec.user() != null) {
      create.withUser(spec.user());
    }
    if (spec.workingDir() != null) {
      create.withWorkingDir(spec.workingDir());
    }
    if (spec.hostname() != null) {
      create.withHostName(spec.hostname());
    }
    return create;
  }

  private static Map<String, String> labels(
      String cluster, String base, Allocation record, ContainerSpec spec) {
    Map<String, String> labels = new HashMap<>(spec.labels());
    labels.putAll(Ownership.labelsOf(cluster, base, record, spec));
    labels.putAll(Execs.labels(spec));
    return labels;
  }

  /** The container that such a create makes, until an inspection shows what its image adds. */
  static Container result(
      String id, String cluster, String base, Allocation record, ContainerSpec spec) {
    Map<String, String> labels = labels(cluster, base, record, spec);
    SortedMap<String, List<String>> networks = Networks.in(labels);
    return new Container(
        id,
        Ownership.nameOf(record, spec),
        spec.image(),
        labels,
        false,
        Container.State.CREATED,
        0,
        false,
        "",
        null,
        0,
        null,
        null,
        spec.restart().atFirst().kind(),
        Objects.requireNonNullElse(spec.stopSignal(), "TERM"),
        spec.stopGracePeriod(),
        List.of(),
        networks.isEmpty()
            ? Collections.emptySortedMap()
            : Networks.missing(labels, Set.of(networks.firstKey())));
  }

  private static HostConfig host(ContainerSpec spec) {
    HostConfig host =
        HostConfig.newHostConfig()
            .withRestartPolicy(restart(spec.restart().atFirst()))
            // Not as binds: a missing source is then an error, instead of a new directory of
            // root's.
            .withMounts(spec.mounts().stream().<Mount>map(EngineFields.AnyMount::new).toList());
    ContainerSpec.Limits limits = spec.limits();
    if (limits.nanoCpus() > 0) {
      host.withNanoCPUs(limits.nanoCpus());
    }
    if (limits.memoryBytes() > 0) {
      host.withMemory(limits.memoryBytes());
    }
    if (limits.pids() > 0) {
      host.withPidsLimit(limits.pids());
    }
    if (spec.networkMode() != null) {
      host.withNetworkMode(spec.networkMode());
    }
    if (spec.engine().get("Networks") instanceof SortedMap<?, ?> networks) {
      // An engine accepts one network in a create; the others are connected before the start.
      host.withNetworkMode((String) networks.firstKey());
    }
    return EngineFields.added(host, spec.engine());
  }

  /**
   * Goes through JSON: docker-java's own "no" is an empty text, which an update takes as no change.
   */
  static com.github.dockerjava.api.model.RestartPolicy restart(RestartPolicy policy) {
    return JSON.convertValue(
        Map.of("Name", policy.kind().word(), "MaximumRetryCount", policy.maxRetries()),
        com.github.dockerjava.api.model.RestartPolicy.class);
  }
}
