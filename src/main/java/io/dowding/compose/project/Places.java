package io.dowding.compose.project;

import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;

/** Finds the place in the file for a message such as {@code ports[0].target: …}. */
final class Places {

  private Places() {}

  /**
   * Whether something comes from standard input, so that it may be the output of docker compose
   * config: without inactive services and without zeros, and with absolute paths.
   */
  static boolean isOutput(Position at) {
    return at.source().name().equals(ProjectFiles.STANDARD_INPUT.toString());
  }

  /** The closest place that the tree has. */
  static Position of(Yaml value, String path) {
    return switch (value) {
      case Mapping mapping -> below(mapping, path);
      case Items list -> below(list, path);
      case Scalar scalar -> scalar.at();
    };
  }

  /** Field names may contain dots; the longest match wins. */
  private static Position below(Mapping mapping, String path) {
    String text = path.startsWith(".") ? path.substring(1) : path;
    return mapping.entries().entrySet().stream()
        .filter(entry -> isAt(entry.getKey(), text))
        .max(java.util.Comparator.comparingInt(entry -> entry.getKey().length()))
        .map(entry -> of(entry.getValue(), text.substring(entry.getKey().length())))
        .orElse(mapping.at());
  }

  private static boolean isAt(String field, String path) {
    return path.startsWith(field)
        && (path.length() == field.length() || ".[: ".indexOf(path.charAt(field.length())) >= 0);
  }

  private static Position below(Items list, String path) {
    int close = path.indexOf(']');
    if (path.startsWith("[") && close > 1 && path.substring(1, close).matches("\\d{1,6}")) {
      int index = Integer.parseInt(path.substring(1, close));
      if (index < list.items().size()) {
        return of(list.items().get(index), path.substring(close + 1));
      }
    }
    return list.at();
  }
}
