package io.dowding.compose.project;

import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists in which a later item replaces the earlier one for the same thing. */
final class Unique {

  private static final List<String> PLAIN =
      List.of(
          "cap_add",
          "cap_drop",
          "dns",
          "dns_opt",
          "dns_search",
          "expose",
          "extra_hosts",
          "group_add",
          "profiles",
          "security_opt",
          "tmpfs");

  private Unique() {}

  static Yaml of(String field, Yaml value) {
    boolean isKnown =
        PLAIN.contains(field)
            || List.of("volumes", "ports", "configs", "secrets", "devices", "env_file")
                .contains(field);
    if (!isKnown || !(value instanceof Items list)) {
      return value;
    }
    Map<String, Yaml> byKey = new LinkedHashMap<>();
    for (Yaml item : list.items()) {
      byKey.put(key(field, item), item);
    }
    return new Items(List.copyOf(byKey.values()), list.at(), list.tag());
  }

  private static String key(String field, Yaml item) {
    if (PLAIN.contains(field) || !(item instanceof Mapping long_)) {
      return switch (field) {
        case "volumes", "devices" -> target(text(item));
        case "configs", "secrets" -> "name " + text(item);
        default -> text(item);
      };
    }
    return switch (field) {
      case "volumes", "devices" -> clean(part(long_, "target"));
      case "configs", "secrets" ->
          long_.get("target") == null ? "name " + part(long_, "source") : part(long_, "target");
      case "env_file" -> part(long_, "path");
      default -> item.json().toString();
    };
  }

  private static String text(Yaml item) {
    return item instanceof Scalar scalar ? scalar.text() : item.json().toString();
  }

  private static String part(Mapping item, String field) {
    return item.get(field) instanceof Scalar scalar ? scalar.text() : item.json().toString();
  }

  /** The target of {@code source:target:mode}, or of a target alone. */
  private static String target(String text) {
    String[] parts = text.split(":", -1);
    return clean(parts.length > 1 ? parts[1] : parts[0]);
  }

  /** A path in the container without slashes and dots that mean nothing. */
  static String clean(String path) {
    return path.startsWith("/") && path.indexOf('\0') < 0
        ? Path.of(path).normalize().toString()
        : path;
  }
}
