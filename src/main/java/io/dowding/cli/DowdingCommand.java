package io.dowding.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.Found;
import io.dowding.Placed;
import io.dowding.ServiceInfo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What commands share: results go to the standard output, for people or as JSON; everything else,
 * such as progress and the next command, to the standard error.
 */
abstract class DowdingCommand implements Callable<Integer> {

  /** Exit status: failed, or no. */
  static final int NO = 1;

  /** Exit status: still waiting when the time was over. */
  static final int TIMED_OUT = 3;

  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(
              SerializationFeature.INDENT_OUTPUT, SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .addMixIn(Placed.class, OnHost.class)
          .addMixIn(Found.Instance.class, OnHost.class)
          .addMixIn(ServiceInfo.Job.class, OnHost.class)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  /** Where something is has the same name in the JSON of all commands. */
  private interface OnHost {
    @JsonProperty("host")
    String hostname();
  }

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration file. Default: /etc/dowding/dowding.yaml, or that of a running agent --dev.")
  private @Nullable Path config;

  @Option(
      names = "--json",
      description = "Prints JSON: one value, or one per line if more than one may follow.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  /**
   * @throws IllegalArgumentException naming the file, the line and the setting
   */
  Config config() {
    return Config.find(config);
  }

  Path configFile() {
    return Config.file(config);
  }

  boolean isNamed() {
    return config != null;
  }

  boolean json() {
    return json;
  }

  Output out() {
    return Output.of(spec);
  }

  Output talk() {
    return Output.errors(spec);
  }

  static JsonNode read(String json) throws JsonProcessingException {
    return JSON.readTree(json);
  }

  /**
   * What an agent wrote, such as a status. Anyone who may write to etcd may have put something else
   * there, which must not keep a command from showing the rest: then it is empty.
   */
  static ObjectNode written(String json) {
    try {
      return JSON.readTree(json) instanceof ObjectNode object ? object : JSON.createObjectNode();
    } catch (JsonProcessingException notJson) {
      return JSON.createObjectNode();
    }
  }

  /** Prints the line for people, or the value for programs. */
  int say(String line, Object value) throws JsonProcessingException {
    return say(List.of(line), value);
  }

  /** Prints the lines for people, or the value for programs. */
  int say(List<String> lines, Object value) throws JsonProcessingException {
    if (json) {
      out().json(JSON.writeValueAsString(value));
    } else {
      out().lines(lines);
    }
    return 0;
  }

  /** Prints the table for people, or the value for programs. */
  int say(Table table, Object value) throws JsonProcessingException {
    if (json) {
      out().json(JSON.writeValueAsString(value));
    } else {
      out().table(table);
    }
    return 0;
  }

  /** Prints one of several values for programs, on one line. */
  void sayNext(Object value) throws JsonProcessingException {
    out().json(JSON.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value));
  }

  /** Tells people what to run next: one of these commands. */
  void next(String... commands) {
    if (!json) {
      talk()
          .line(
              "next: "
                  + Arrays.stream(commands)
                      .map(this::called)
                      .collect(Collectors.joining("    or    ")));
    }
  }

  private String called(String command) {
    return "dowding " + command + (config == null ? "" : " --config " + config);
  }
}
