package io.dowding.compose.project;

import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * Services that share a namespace with {@code container:NAME}. If it is the {@code container_name}
 * of a service in the file, they share it with that service.
 */
final class NamedContainers {

  private static final String CONTAINER = "container:";

  private NamedContainers() {}

  /** The same services, with {@code service:} instead. */
  static Map<String, Mapping> resolved(Map<String, Mapping> services) {
    Map<String, String> byContainer = new TreeMap<>();
    services.forEach(
        (name, service) -> {
          if (service.get("container_name") instanceof Scalar container) {
            byContainer.put(CONTAINER + container.text(), "service:" + name);
          }
        });
    Map<String, Mapping> resolved = new TreeMap<>(services);
    resolved.replaceAll((_, service) -> resolved(service, byContainer));
    return resolved;
  }

  private static Mapping resolved(Mapping service, Map<String, String> byContainer) {
    SequencedMap<String, Yaml> entries = new LinkedHashMap<>(service.entries());
    for (String field : List.of("network_mode", "ipc", "pid")) {
      if (entries.get(field) instanceof Scalar mode && byContainer.containsKey(mode.text())) {
        entries.put(field, new Scalar(byContainer.get(mode.text()), mode.at()));
      }
    }
    return new Mapping(entries, service.at(), service.tag());
  }
}
