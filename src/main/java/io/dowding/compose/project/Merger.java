package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import io.dowding.compose.yaml.Yaml.Tag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;

/**
 * Merges files by Compose's rules: mappings are merged field by field, lists are appended, and a
 * later value for the same thing (a variable, a mount's target, a published port) replaces the
 * earlier one.
 */
final class Merger {

  /** Fields of a service whose later value replaces the whole earlier one. */
  private static final Set<String> REPLACED = Set.of("command", "entrypoint", "healthcheck.test");

  /** Fields of a service that are mappings even if written as lists. */
  private static final Set<String> MAPPINGS =
      Set.of(
          "environment",
          "labels",
          "annotations",
          "sysctls",
          "deploy.labels",
          "build.args",
          "build.labels",
          "depends_on",
          "networks");

  /** Fields of a service that are lists even if written as text. */
  private static final Set<String> LISTS =
      Set.of("dns", "dns_search", "tmpfs", "env_file", "label_file");

  private Merger() {}

  /** Merges a file's tree over the tree so far. */
  static Mapping merge(Mapping base, Mapping over) {
    return (Mapping) merge(List.of(), base, over);
  }

  /** Merges a service over the one that it extends. */
  static Mapping service(Mapping base, Mapping over) {
    return (Mapping) merge(List.of("services", "*"), base, over);
  }

  private static Yaml merge(List<String> path, Yaml base, Yaml over) {
    String field = inService(path);
    if (over.tag() != Tag.NONE || REPLACED.contains(field)) {
      return over;
    }
    if (isNull(base)) {
      return over;
    }
    if (isNull(over)) {
      // A variable without a value takes it from the environment.
      return field.startsWith("environment.") ? over : base;
    }
    if (field.equals("logging") && driversDiffer(base, over)) {
      return over;
    }
    Yaml one = canonical(field, base);
    Yaml other = canonical(field, over);
    if (one instanceof Mapping below && other instanceof Mapping above) {
      return mappings(path, below, above);
    }
    if (one instanceof Items below && other instanceof Items above) {
      List<Yaml> all = new ArrayList<>(below.items());
      all.addAll(above.items());
      return Unique.of(field, new Items(all, above.at()));
    }
    return over;
  }

  private static Mapping mappings(List<String> path, Mapping base, Mapping over) {
    SequencedMap<String, Yaml> all = new LinkedHashMap<>(base.entries());
    for (Map.Entry<String, Yaml> entry : over.entries().entrySet()) {
      List<String> below = new ArrayList<>(path);
      below.add(entry.getKey());
      all.merge(entry.getKey(), entry.getValue(), (old, next) -> merge(below, old, next));
    }
    return new Mapping(all, over.at());
  }

  /** The path below a service, such as {@code deploy.labels}; empty elsewhere. */
  private static String inService(List<String> path) {
    return path.size() > 2 && path.getFirst().equals("services")
        ? String.join(".", path.subList(2, path.size()))
        : "";
  }

  static boolean isNull(Yaml value) {
    return value instanceof Scalar(Object inside, Position _, Tag _) && inside == null;
  }

  private static boolean driversDiffer(Yaml base, Yaml over) {
    return base instanceof Mapping below
        && over instanceof Mapping above
        && below.get("driver") instanceof Scalar one
        && above.get("driver") instanceof Scalar other
        && !one.text().equals(other.text());
  }

  /** Expands the short forms of a service that matter for merging. */
  static Mapping canonical(Mapping service) {
    return (Mapping) canonical("", service, true);
  }

  private static Yaml canonical(String field, Yaml value, boolean below) {
    Yaml canonical = Unique.of(field, canonical(field, value));
    if (below && canonical instanceof Mapping mapping) {
      SequencedMap<String, Yaml> entries = new LinkedHashMap<>();
      boolean deeper = field.isEmpty() || field.equals("deploy");
      mapping
          .entries()
          .forEach(
              (key, item) ->
                  entries.put(
                      key, canonical(field.isEmpty() ? key : field + "." + key, item, deeper)));
      return new Mapping(entries, mapping.at(), mapping.tag());
    }
    return canonical;
  }

  private static Yaml canonical(String field, Yaml value) {
    if (MAPPINGS.contains(field) && value instanceof Items list) {
      return switch (field) {
        case "depends_on" -> named(list, Merger::started);
        case "networks" -> named(list, at -> new Scalar(null, at));
        default -> pairs(list);
      };
    }
    if (field.equals("extra_hosts") && value instanceof Mapping hosts) {
      return addresses(hosts);
    }
    if (LISTS.contains(field) && !(value instanceof Items) && !isNull(value)) {
      return new Items(List.of(value), value.at(), value.tag());
    }
    return value;
  }

  /** A list of names, as a mapping. */
  private static Mapping named(Items list, Function<Position, Yaml> value) {
    SequencedMap<String, Yaml> entries = new LinkedHashMap<>();
    for (Yaml item : list.items()) {
      entries.put(text(item), value.apply(item.at()));
    }
    return new Mapping(entries, list.at(), list.tag());
  }

  /** The dependency that a list item means, whatever an earlier file says. */
  private static Yaml started(Position at) {
    SequencedMap<String, Yaml> how = new LinkedHashMap<>();
    how.put("condition", new Scalar("service_started", at));
    how.put("required", new Scalar(true, at));
    return new Mapping(how, at);
  }

  /** A mapping of hosts to one or more addresses, as a list. */
  private static Items addresses(Mapping hosts) {
    List<Yaml> all = new ArrayList<>();
    hosts
        .entries()
        .forEach(
            (host, value) -> {
              for (Yaml address : value instanceof Items list ? list.items() : List.of(value)) {
                all.add(new Scalar(host + "=" + text(address), address.at()));
              }
            });
    return new Items(all, hosts.at(), hosts.tag());
  }

  /** A list of {@code key=value}, in which later items win. */
  private static Mapping pairs(Items list) {
    SequencedMap<String, Yaml> entries = new LinkedHashMap<>();
    for (Yaml item : list.items()) {
      String text = text(item);
      int equals = text.indexOf('=');
      String key = equals < 0 ? text : text.substring(0, equals);
      entries.put(key, new Scalar(equals < 0 ? null : text.substring(equals + 1), item.at()));
    }
    return new Mapping(entries, list.at(), list.tag());
  }

  /** A list of {@code key=value} as a mapping; anything else as it is. */
  static Yaml pairs(Yaml value) {
    return value instanceof Items list ? pairs(list) : value;
  }

  /**
   * A value as text.
   *
   * @throws FileProblem if it is a list or a mapping
   */
  static String text(Yaml item) {
    if (item instanceof Scalar scalar) {
      return scalar.text();
    }
    throw new FileProblem(item.at(), "is not text");
  }

  /** The tree without the fields that {@code !reset} removes. */
  static Mapping clean(Mapping mapping) {
    SequencedMap<String, Yaml> entries = new LinkedHashMap<>();
    mapping
        .entries()
        .forEach(
            (key, value) -> {
              if (value.tag() != Tag.RESET) {
                entries.put(key, value instanceof Mapping below ? clean(below) : value);
              }
            });
    return new Mapping(entries, mapping.at());
  }
}
