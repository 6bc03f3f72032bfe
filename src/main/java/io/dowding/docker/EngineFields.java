package io.dowding.docker;

import com.fasterxml.jackson.annotation.JsonGetter;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import io.dowding.model.ApiVersions;
import io.dowding.model.ContainerSpec;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Fields of a spec in the engine's own format. docker-java reads those of the host configuration
 * from their JSON, so no setter can be missing.
 */
final class EngineFields {

  private static final String HOST = "HostConfig.";
  private static final String LOG = "LogConfig";
  private static final ObjectMapper JSON = new ObjectMapper();

  private EngineFields() {}

  /** Refuses fields that an engine of this API version would ignore. */
  static void mustKnow(ContainerSpec spec, String version) {
    String lacking = ApiVersions.lacking(ApiVersions.needed(spec), version);
    if (!lacking.isEmpty()) {
      throw new InternalServerErrorException("the engine " + lacking);
    }
  }

  static HostConfig added(HostConfig host, Map<String, Object> engine) {
    Map<String, Object> more = new TreeMap<>();
    engine.forEach(
        (path, value) -> {
          if (path.startsWith(HOST)) {
            more.put(path.substring(HOST.length()), value);
          }
        });
    Object log = more.remove(LOG);
    try {
      HostConfig all = JSON.readerForUpdating(host).readValue(JSON.writeValueAsString(more));
      return log instanceof Map<?, ?> given ? all.withLogConfig(new AnyLog(given)) : all;
    } catch (JsonProcessingException bad) {
      throw new IllegalStateException("docker-java does not take " + more, bad);
    }
  }

  /** docker-java knows neither images as mounts nor all options of binds and volumes. */
  static final class AnyMount extends Mount {
    private static final long serialVersionUID = 1;

    private final transient io.dowding.model.Mount mount;

    AnyMount(io.dowding.model.Mount mount) {
      this.mount = mount;
    }

    @JsonValue
    Map<String, Object> body() {
      return mount.body();
    }
  }

  /** docker-java has an enum of log drivers; an engine accepts any installed one. */
  static final class AnyLog extends LogConfig {
    private static final long serialVersionUID = 1;

    private final String driver;

    AnyLog(Map<?, ?> log) {
      driver = String.valueOf(log.get("Type"));
      Map<String, String> options = new TreeMap<>();
      if (log.get("Config") instanceof Map<?, ?> given) {
        given.forEach((key, value) -> options.put(String.valueOf(key), String.valueOf(value)));
      }
      setConfig(options);
    }

    /** Replaces the field of this name. */
    @JsonGetter("Type")
    String driver() {
      return driver;
    }
  }

  static Set<ExposedPort> exposed(Map<String, Object> engine) {
    Set<ExposedPort> ports = new LinkedHashSet<>();
    if (engine.get("ExposedPorts") instanceof Map<?, ?> exposed) {
      exposed.keySet().forEach(port -> ports.add(ExposedPort.parse(String.valueOf(port))));
    }
    return ports;
  }

  static void add(CreateContainerCmd create, Map<String, Object> engine) {
    engine.forEach(
        (path, value) -> {
          switch (path) {
            case "Healthcheck" ->
                create.withHealthcheck(JSON.convertValue(value, HealthCheck.class));
            case "Domainname" -> create.withDomainName((String) value);
            case "MacAddress" -> create.withMacAddress((String) value);
            case "Tty" -> create.withTty((Boolean) value);
            case "OpenStdin" -> create.withStdinOpen((Boolean) value);
            case "platform" -> create.withPlatform((String) value);
            case "ExposedPorts",
                "Networks",
                "NetworkOptions",
                "PreStart",
                "PostStart",
                "PreStop" -> {
              // Exposed ports are set with the published ones, the others next to the create.
            }
            default -> {
              if (!path.startsWith(HOST)) {
                throw new IllegalArgumentException("unknown engine field " + path);
              }
            }
          }
        });
  }
}
