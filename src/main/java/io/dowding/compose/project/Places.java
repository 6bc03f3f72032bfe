package io.dowding.compose.project;

import io.dowding.compose.project.Yaml.Items;
import io.dowding.compose.project.Yaml.Mapping;
import io.dowding.compose.project.Yaml.Scalar;

/** The place of what a message such as {@code ports[0].target: …} is about. */
final class Places {

  private Places() {}

  /** As near as the tree has it. */
  static Position of(Yaml value, String path) {
    return switch (value) {
      case Mapping mapping -> below(mapping, path);
      case Items list -> below(list, path);
      case Scalar scalar -> scalar.at();
    };
  }

  /** Names of fields may have dots: the longest that fits counts. */
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
