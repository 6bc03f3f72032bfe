package io.dowding.compose.project;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a service's {@code environment} over its {@code env_file}, and its labels likewise. */
final class EnvironmentWriter {

  private final ProjectContext context;

  EnvironmentWriter(ProjectContext context) {
    this.context = context;
  }

  /** A name without a value takes it from the environment, and is left out if there is none. */
  ObjectNode environment(Mapping service) {
    ObjectNode environment = JsonNodeFactory.instance.objectNode();
    files(service.get("env_file")).forEach(environment::put);
    own(service, environment);
    return environment;
  }

  private void own(Mapping service, ObjectNode environment) {
    Yaml given = service.get("environment");
    if (given != null && Merger.pairs(given) instanceof Mapping own) {
      own.entries()
          .forEach(
              (name, value) -> {
                String set =
                    Merger.isNull(value) ? context.variable(name, value.at()) : Merger.text(value);
                if (set == null) {
                  environment.remove(name);
                } else {
                  environment.put(name, set);
                }
              });
    }
  }

  /** A hook takes values from the environment too. */
  void hooks(Mapping service, ObjectNode json) {
    for (String field : List.of("pre_start", "post_start", "pre_stop")) {
      if (service.get(field) instanceof Items hooks) {
        for (int i = 0; i < hooks.items().size(); i++) {
          if (hooks.items().get(i) instanceof Mapping hook && hook.get("environment") != null) {
            ObjectNode written = (ObjectNode) json.path(field).get(i);
            own(hook, written.putObject("environment"));
          }
        }
      }
    }
  }

  ObjectNode labels(Mapping service) {
    ObjectNode labels = JsonNodeFactory.instance.objectNode();
    files(service.get("label_file")).forEach(labels::put);
    if (service.get("labels") instanceof Mapping own) {
      own.entries().forEach((name, value) -> labels.put(name, Merger.text(value)));
    }
    return labels;
  }

  private Map<String, String> files(@Nullable Yaml list) {
    Map<String, String> all = new LinkedHashMap<>();
    if (list instanceof Items items) {
      items.items().forEach(item -> all.putAll(file(item, all)));
    }
    return all;
  }

  private Map<String, String> file(Yaml item, Map<String, String> before) {
    String path =
        item instanceof Mapping long_ ? ServiceWriter.text(long_, "path") : Merger.text(item);
    Path file = item.at().source().resolve(path);
    boolean isOptional =
        item instanceof Mapping long_
            && long_.get("required") instanceof Scalar required
            && required.isFalse();
    if (isOptional && context.files().kind(file) == ProjectFiles.Kind.NONE) {
      return Map.of();
    }
    Map<String, String> around = new LinkedHashMap<>(context.environment());
    around.putAll(before);
    try {
      boolean isRaw =
          item instanceof Mapping long_ && ServiceWriter.text(long_, "format").equals("raw");
      Map<String, String> values =
          isRaw
              ? raw(context.files().variables(file))
              : Environment.read(file, around, context.files(), context.unset());
      context.files().sends(file);
      return values;
    } catch (FileProblem | java.io.IOException unreadable) {
      throw new FileProblem(item.at(), String.valueOf(unreadable.getMessage()));
    }
  }

  /** Reads each line without interpretation. */
  private static Map<String, String> raw(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line : List.of(text.split("\\R", -1))) {
      int equals = line.indexOf('=');
      if (equals > 0 && !line.stripLeading().startsWith("#")) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return values;
  }
}
