package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code post_start} and {@code pre_stop}, in the words of an engine's exec. */
final class HookReader {

  private final Fields service;

  HookReader(Fields service) {
    this.service = service;
  }

  static void read(Fields service, SortedMap<String, Object> engine) {
    HookReader reader = new HookReader(service);
    Map.of("post_start", "PostStart", "pre_stop", "PreStop")
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
    for (JsonNode item : service.items(field)) {
      String path = field + "[" + index++ + "]";
      if (item.isObject()) {
        hooks.add(hook(new Fields(service.path(path), item, service.problems())));
      } else {
        service.problem(path, Fields.show(item) + " is not an object with a command");
      }
    }
    return hooks;
  }

  private static SortedMap<String, Object> hook(Fields hook) {
    SortedMap<String, Object> exec = new TreeMap<>();
    List<String> command = hook.words("command");
    if (command == null || command.isEmpty()) {
      hook.problem("command", "is missing: a text or a list");
    } else {
      exec.put("Cmd", command);
    }
    String user = hook.text("user");
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
