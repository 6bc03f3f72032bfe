package io.dowding.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Hooks;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a spec's hooks to labels, and reads them from there. */
public final class Execs {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Execs() {}

  /** The labels for a container's hooks; empty if it has none. */
  public static Map<String, String> labels(ContainerSpec spec) {
    Map<String, String> labels = new TreeMap<>();
    Map.of("PostStart", Hooks.POST_START, "PreStop", Hooks.PRE_STOP)
        .forEach(
            (key, label) -> {
              if (spec.engine().containsKey(key)) {
                labels.put(label, json(spec.engine().get(key)));
              }
            });
    return labels;
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The commands in the format of an engine's exec. */
  static List<Map<String, Object>> of(String label) throws JsonProcessingException {
    return JSON.readValue(label, new TypeReference<>() {});
  }
}
