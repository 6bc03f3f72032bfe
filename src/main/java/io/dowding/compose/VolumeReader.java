package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code volumes}, in its short and its long form: named volumes, binds, anonymous volumes. */
final class VolumeReader {

  private static final String VOLUME_NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]*";
  private static final Set<String> MODES = Set.of("rw", "ro");

  private VolumeReader() {}

  static List<Mount> read(Fields service) {
    List<Mount> mounts = new ArrayList<>();
    int index = 0;
    for (JsonNode item : service.items("volumes")) {
      String field = "volumes[" + index++ + "]";
      Mount mount =
          item.isObject()
              ? longForm(service, field, item)
              : shortForm(service, field, item.asText());
      if (mount != null) {
        mounts.add(mount);
      }
    }
    return mounts;
  }

  private static @Nullable Mount shortForm(Fields service, String field, String text) {
    String[] parts = text.split(":", -1);
    if (parts.length > 3 || (parts.length == 3 && !MODES.contains(parts[2]))) {
      service.problem(
          field,
          "\"" + text + "\" is not a volume such as \"data:/var/lib/data\" or \"/etc/x:/x:ro\"");
      return null;
    }
    boolean readOnly = parts.length == 3 && parts[2].equals("ro");
    return parts.length == 1
        ? check(service, field, Mount.Type.VOLUME, "", parts[0], false)
        : check(service, field, null, parts[0], parts[1], readOnly);
  }

  private static @Nullable Mount longForm(Fields service, String field, JsonNode item) {
    Fields volume = new Fields(service.path(field), item, service.problems());
    Mount.Type type =
        volume.text(
            "type",
            "volume or bind",
            text ->
                switch (text) {
                  case "volume" -> Mount.Type.VOLUME;
                  case "bind" -> Mount.Type.BIND;
                  default -> null;
                });
    String source = volume.text("source");
    String target = volume.text("target");
    boolean readOnly = volume.flag("read_only");
    Fields bind = volume.object("bind");
    // True is what Compose's own tools write; we never make a directory as root all the same.
    bind.get("create_host_path");
    bind.refuseOthers();
    volume.object("volume").refuseOthers();
    volume.refuseOthers();
    if (type == null || target == null) {
      service.problem(field, "needs type (volume or bind) and target");
      return null;
    }
    return check(service, field, type, source == null ? "" : source, target, readOnly);
  }

  private static @Nullable Mount check(
      Fields service,
      String field,
      Mount.@Nullable Type given,
      String source,
      String target,
      boolean readOnly) {
    if (!target.startsWith("/")) {
      service.problem(field, "\"" + target + "\" is not an absolute path in the container");
      return null;
    }
    Mount.Type type =
        given != null ? given : source.matches(VOLUME_NAME) ? Mount.Type.VOLUME : Mount.Type.BIND;
    if (type == Mount.Type.BIND && !source.startsWith("/")) {
      service.problem(
          field, "\"" + source + "\" is not an absolute path: hosts have no current directory");
      return null;
    }
    if (type == Mount.Type.VOLUME && !source.isEmpty() && !source.matches(VOLUME_NAME)) {
      service.problem(field, "\"" + source + "\" is not the name of a volume");
      return null;
    }
    return new Mount(type, source, target, readOnly);
  }
}
