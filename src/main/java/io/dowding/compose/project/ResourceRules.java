package io.dowding.compose.project;

import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import java.util.List;
import java.util.Optional;

/** Which fields of a volume, network, config or secret go together, as in Compose. */
final class ResourceRules {

  private ResourceRules() {}

  /** What is wrong with an entry of a section; empty if nothing is. */
  static Optional<String> problem(String section, Mapping said) {
    if (said.get("external") instanceof Mapping old
        && old.get("name") instanceof Scalar one
        && said.get("name") instanceof Scalar other
        && !one.text().equals(other.text())) {
      return Optional.of("name and external.name are different; leave out external.name");
    }
    return switch (section) {
      case "volumes" ->
          ProjectContext.isExternal(said)
              ? present(said, "driver", "driver_opts", "labels").stream()
                  .findFirst()
                  .map(field -> "is external and exists already; leave out " + field)
              : Optional.empty();
      case "configs", "secrets" -> source(said);
      default -> Optional.empty();
    };
  }

  private static Optional<String> source(Mapping said) {
    List<String> sources = present(said, "file", "content", "environment");
    if (sources.size() > 1) {
      return Optional.of("has " + String.join(" and ", sources) + "; leave out all but one");
    }
    return sources.isEmpty() && !ProjectContext.isExternal(said)
        ? Optional.of("needs file, content or environment, or external: true")
        : Optional.empty();
  }

  private static List<String> present(Mapping said, String... fields) {
    return List.of(fields).stream().filter(field -> said.get(field) != null).toList();
  }
}
