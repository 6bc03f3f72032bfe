package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.PreStart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code pre_start}, {@code post_start} and {@code pre_stop}, in the engine's format. */
final class HookReader {

  private static final String PRE_START = "pre_start";

  /** Each is a container with all mounts and variables of the service. */
  private static final int MOST_STEPS = 32;

  private static final int MOST_COMMANDS = 10_000;

  private final Fields service;

  HookReader(Fields service) {
    this.service = service;
  }

  static void read(Fields service, SortedMap<String, Object> engine) {
    HookReader reader = new HookReader(service);
    Map.of(PRE_START, PreStart.FIELD, "post_start", "PostStart", "pre_stop", "PreStop")
        .forEach(
            (field, key) -> {
              List<Object> hooks = reader.hooks(field);
              if (!hooks.isEmpty()) {
                engine.put(key, hooks);
              }
            });
  }

  private List<Object> hooks(String field) {
    List<Object> hooks = new ArrayList<>();
    int index = 0;
    int most = field.equals(PRE_START) ? MOST_STEPS : MOST_COMMANDS;
    for (JsonNode item : service.items(field, most)) {
      String path = field + "[" + index++ + "]";
      if (item.isObject()) {
        Fields hook = new Fields(service.path(path), item, service.problems());
        SortedMap<String, Object> words = new TreeMap<>();
        if (field.equals(PRE_START)) {
          container(hook, words);
        }
        hooks.add(hook(hook, words));
      } else {
        service.problem(path, Fields.show(item) + " is not an object with a command");
      }
    }
    return hooks;
  }

  /** What a container of its own has beside a command. */
  private static void container(Fields hook, SortedMap<String, Object> words) {
    String image =
        hook.text("image", "an image such as nginx:1.29", i -> Texts.isImage(i) ? i : null);
    if (image != null) {
      words.put("Image", image);
    }
    if (hook.flag("per_replica")) {
      hook.problem("per_replica", "is not supported; remove it: it runs once for the service");
    }
  }

  private static SortedMap<String, Object> hook(Fields hook, SortedMap<String, Object> exec) {
    List<String> command = hook.words("command");
    if (command == null && exec.containsKey("Image")) {
      // As that image says.
    } else if (command == null || command.isEmpty()) {
      hook.problem("command", "is missing: a text or a list");
    } else {
      hook.program("command", command);
      exec.put("Cmd", command);
    }
    String user = hook.user();
    if (user != null) {
      exec.put("User", user);
    }
    String directory =
        hook.text("working_dir", "an absolute path", d -> d.startsWith("/") ? d : null);
    if (directory != null) {
      exec.put("WorkingDir", directory);
    }
    if (hook.flag("privileged")) {
      exec.put("Privileged", true);
    }
    List<String> environment =
        hook
            .map("environment", "has no value; only dowding up takes values from the environment")
            .entrySet()
            .stream()
            .map(Object::toString)
            .toList();
    if (!environment.isEmpty()) {
      exec.put("Env", environment);
    }
    hook.refuseOthers();
    return exec;
  }
}
