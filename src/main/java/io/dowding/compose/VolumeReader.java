package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Mount;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code volumes}, in short and long form, with the drivers of {@code x-dowding.volumes}. */
final class VolumeReader {

  private static final String VOLUME_NAME = "[a-zA-Z0-9][a-zA-Z0-9_.-]*";
  private static final Set<String> PROPAGATIONS =
      Set.of("private", "rprivate", "shared", "rshared", "slave", "rslave");

  /** Each is described in every list of the host's containers, and may be a volume of its own. */
  private static final int MOST = 500;

  private static final String KINDS = "volume, bind, tmpfs or image";
  private static final String SHORT =
      " is not a volume such as \"data:/var/lib/data\" or \"/etc/x:/x:ro\"";

  private final Fields service;
  private final Map<String, SortedMap<String, Object>> drivers = new HashMap<>();
  private final Set<String> used = new HashSet<>();

  private VolumeReader(Fields service) {
    this.service = service;
  }

  static List<Mount> read(Fields service) {
    return new VolumeReader(service).mounts();
  }

  private List<Mount> mounts() {
    readDrivers(service.object("x-dowding").object("volumes"));
    List<Mount> mounts = new ArrayList<>();
    int index = 0;
    for (JsonNode item : service.items("volumes", MOST)) {
      String field = "volumes[" + index++ + "]";
      Mount mount = item.isObject() ? longForm(field, item) : shortForm(field, item.asText());
      if (mount != null) {
        mounts.add(mount);
      }
    }
    for (String name : drivers.keySet()) {
      if (!used.contains(name)) {
        service.problem("x-dowding.volumes." + name, "is none of this service's volumes");
      }
    }
    return mounts;
  }

  /** How an engine creates a missing volume. */
  private void readDrivers(Fields volumes) {
    for (String name : volumes.names()) {
      Fields volume = volumes.object(name);
      SortedMap<String, Object> config = new TreeMap<>();
      String driver = volume.text("driver");
      config.put("Name", driver == null ? "local" : driver);
      Map<String, String> options = volume.map("driver_opts", "has no value");
      if (!options.isEmpty()) {
        config.put("Options", options);
      }
      volume.refuseOthers();
      drivers.put(name, config);
    }
  }

  private @Nullable Mount shortForm(String field, String text) {
    String[] parts = text.split(":", -1);
    if (parts.length > 3) {
      service.problem(field, Fields.quote(text) + SHORT);
      return null;
    }
    if (parts.length == 1) {
      return check(field, Mount.Type.VOLUME, "", parts[0], false, new TreeMap<>());
    }
    Mount.Type type = parts[0].matches(VOLUME_NAME) ? Mount.Type.VOLUME : Mount.Type.BIND;
    SortedMap<String, Object> options = new TreeMap<>();
    boolean readOnly = false;
    for (String mode : (parts.length == 3 ? parts[2] : "rw").split(",", -1)) {
      if (mode.equals("ro")) {
        readOnly = true;
      } else if (type == Mount.Type.BIND && PROPAGATIONS.contains(mode)) {
        options.put("BindOptions", new TreeMap<>(Map.of("Propagation", mode)));
      } else if (type == Mount.Type.VOLUME && mode.equals("nocopy")) {
        options.put("VolumeOptions", new TreeMap<>(Map.of("NoCopy", true)));
      } else if (!mode.equals("rw")) {
        service.problem(field, Fields.quote(text) + SHORT + "; " + mode + " is not a valid mode");
        return null;
      }
    }
    return check(field, type, parts[0], parts[1], readOnly, options);
  }

  private @Nullable Mount longForm(String field, JsonNode item) {
    Fields volume = new Fields(service.path(field), item, service.problems());
    Mount.Type type =
        volume.text(
            "type",
            KINDS,
            text ->
                switch (text) {
                  case "volume" -> Mount.Type.VOLUME;
                  case "bind" -> Mount.Type.BIND;
                  case "tmpfs" -> Mount.Type.TMPFS;
                  case "image" -> Mount.Type.IMAGE;
                  default -> null;
                });
    String source = volume.text("source");
    String target = volume.text("target");
    boolean readOnly = volume.flag("read_only");
    SortedMap<String, Object> options = new TreeMap<>();
    bindOptions(volume.object("bind"), readOnly, options);
    volumeOptions(volume.object("volume"), options);
    tmpfsOptions(volume.object("tmpfs"), options);
    imageOptions(volume.object("image"), options);
    volume.text("consistency");
    volume.refuseOthers();
    if (type == null || target == null) {
      service.problem(field, "needs type (" + KINDS + ") and target");
      return null;
    }
    String own =
        switch (type) {
          case VOLUME -> "VolumeOptions";
          case BIND -> "BindOptions";
          case TMPFS -> "TmpfsOptions";
          case IMAGE -> "ImageOptions";
        };
    options.keySet().retainAll(Set.of(own));
    return check(field, type, source == null ? "" : source, target, readOnly, options);
  }

  private static void bindOptions(
      Fields bind, boolean readOnly, SortedMap<String, Object> options) {
    // Compose's own tools write true; we still never create a directory as root.
    bind.get("create_host_path");
    // The engine can label only old-style binds.
    bind.get("selinux");
    String propagation =
        bind.word(
            "propagation",
            "private, rprivate, shared, rshared, slave or rslave",
            text -> PROPAGATIONS.contains(text) ? text : null);
    String recursion =
        bind.text(
            "recursive",
            "enabled, disabled, writable or readonly",
            text ->
                switch (text) {
                  case "enabled" -> "";
                  case "disabled" -> "NonRecursive";
                  case "writable" -> "ReadOnlyNonRecursive";
                  case "readonly" -> "ReadOnlyForceRecursive";
                  default -> null;
                });
    bind.refuseOthers();
    if (!readOnly && recursion != null && recursion.startsWith("ReadOnly")) {
      bind.problem("recursive", "needs read_only: true");
    }
    SortedMap<String, Object> given = new TreeMap<>();
    if (propagation != null) {
      given.put("Propagation", propagation);
    }
    if (recursion != null && !recursion.isEmpty()) {
      given.put(recursion, true);
    }
    put(options, "BindOptions", given);
  }

  private static void put(
      SortedMap<String, Object> options, String group, SortedMap<String, Object> given) {
    if (!given.isEmpty()) {
      options.put(group, given);
    }
  }

  private static void volumeOptions(Fields volume, SortedMap<String, Object> options) {
    SortedMap<String, Object> given = new TreeMap<>();
    if (volume.flag("nocopy")) {
      given.put("NoCopy", true);
    }
    subpath(volume, given);
    volume.get("labels");
    volume.refuseOthers();
    put(options, "VolumeOptions", given);
  }

  private static void imageOptions(Fields image, SortedMap<String, Object> options) {
    SortedMap<String, Object> given = new TreeMap<>();
    subpath(image, given);
    image.refuseOthers();
    put(options, "ImageOptions", given);
  }

  private static void subpath(Fields source, SortedMap<String, Object> given) {
    String path = source.text("subpath");
    if (path != null && !path.isEmpty()) {
      given.put("Subpath", path);
    }
  }

  private static void tmpfsOptions(Fields tmpfs, SortedMap<String, Object> options) {
    SortedMap<String, Object> given = new TreeMap<>();
    Long size = tmpfs.bytes("size");
    if (size != null) {
      given.put("SizeBytes", size);
    }
    Long mode =
        tmpfs.text(
            "mode",
            "a mode in octal such as 1777",
            text -> text.matches("[0-7]{1,5}") ? Long.valueOf(text, 8) : null);
    if (mode != null) {
      given.put("Mode", mode);
    }
    tmpfs.refuseOthers();
    put(options, "TmpfsOptions", given);
  }

  private @Nullable Mount check(
      String field,
      Mount.Type type,
      String source,
      String target,
      boolean readOnly,
      SortedMap<String, Object> options) {
    if (!target.startsWith("/")) {
      service.problem(field, Fields.quote(target) + " is not an absolute path in the container");
      return null;
    }
    boolean fits =
        switch (type) {
          case BIND -> source.startsWith("/");
          case VOLUME -> source.isEmpty() || source.matches(VOLUME_NAME);
          case TMPFS -> source.isEmpty();
          case IMAGE -> Texts.isImage(source);
        };
    if (!fits) {
      service.problem(
          field,
          Fields.quote(source)
              + switch (type) {
                case BIND -> " is not an absolute path: hosts have no current directory";
                case VOLUME -> " is not the name of a volume";
                case TMPFS -> ": memory has no source";
                case IMAGE -> " is not an image such as nginx:1.29";
              });
      return null;
    }
    SortedMap<String, Object> driver = drivers.get(source);
    if (type == Mount.Type.VOLUME && driver != null) {
      used.add(source);
      SortedMap<String, Object> all = new TreeMap<>(Map.of("DriverConfig", driver));
      if (options.get("VolumeOptions") instanceof Map<?, ?> given) {
        given.forEach((key, value) -> all.put(String.valueOf(key), value));
      }
      options.put("VolumeOptions", all);
    }
    return new Mount(type, source, target, readOnly, options);
  }
}
