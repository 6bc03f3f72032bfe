package io.dowding.compose.project;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.model.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Writes a service's volumes, by their names on hosts. A path that is relative, or below the home
 * directory, is on this machine and not on the hosts: its files become configs if they are few and
 * small, otherwise it becomes a named volume; or it is a path below the project directory on the
 * hosts.
 */
final class VolumeWriter {

  private final ProjectContext context;
  private final SortedMap<String, Content> contents;
  private final List<String> keys;
  private final Messages problems;

  VolumeWriter(
      ProjectContext context,
      SortedMap<String, Content> contents,
      List<String> keys,
      Messages problems) {
    this.context = context;
    this.contents = contents;
    this.keys = keys;
    this.problems = problems;
  }

  void write(String composeName, Mapping service, ObjectNode json) {
    if (!(service.get("volumes") instanceof Items all)) {
      return;
    }
    ArrayNode volumes = json.putArray("volumes");
    for (Yaml item : all.items()) {
      problems.catching(() -> write(composeName, item, volumes, json));
    }
    written(composeName, service.at(), json);
  }

  private void write(String composeName, Yaml item, ArrayNode volumes, ObjectNode json) {
    ObjectNode volume = item instanceof Mapping long_ ? (ObjectNode) long_.json() : parts(item);
    String target = volume.path("target").asText();
    if (target.startsWith("/")) {
      volume.put("target", Unique.clean(target));
    }
    // YAML has read the octal digits; a definition has them as text.
    if (volume.path("tmpfs").path("mode").isIntegralNumber()) {
      ObjectNode tmpfs = volume.withObjectProperty("tmpfs");
      tmpfs.put("mode", Long.toOctalString(tmpfs.path("mode").asLong()));
    }
    switch (volume.path("type").asText()) {
      case "bind" -> bind(composeName, item.at(), volume, volumes, json);
      case "volume" -> volumes.add(named(item.at(), volume, json));
      default -> volumes.add(volume);
    }
  }

  /** A config in a volume is not removed with its container. */
  private void written(String composeName, Position at, ObjectNode json) {
    for (JsonNode config : json.path("configs")) {
      String target = config.path("target").asText();
      for (JsonNode volume : json.path("volumes")) {
        if (volume.path("type").asText().equals("volume")
            && target.startsWith(volume.path("target").asText() + "/")) {
          String what = at + ": services." + composeName + ": " + target;
          context.notes().add(what + " is written into a volume, where it stays");
        }
      }
    }
  }

  static String[] split(Position at, String text) {
    String[] parts = text.split(":", -1);
    boolean isEmpty = Arrays.stream(parts).anyMatch(String::isEmpty);
    if (isEmpty || parts.length > 3) {
      throw new FileProblem(
          at, "\"" + text + "\" is not a volume such as data:/data or ./conf:/conf:ro");
    }
    return parts;
  }

  /** The long form of {@code source:target:modes}. */
  private ObjectNode parts(Yaml item) {
    String[] parts = split(item.at(), item.json().asText());
    ObjectNode volume = JsonNodeFactory.instance.objectNode();
    if (parts.length == 1) {
      return volume.put("type", "volume").put("target", parts[0]);
    }
    boolean isPath = isPath(parts[0]);
    volume.put("type", isPath ? "bind" : "volume");
    volume.put("source", parts[0]);
    volume.put("target", parts[1]);
    for (String mode : (parts.length == 3 ? parts[2] : "rw").split(",", -1)) {
      switch (mode) {
        case "rw", "cached", "delegated", "consistent" -> {}
        case "ro" -> volume.put("read_only", true);
        case "nocopy" -> volume.withObjectProperty("volume").put("nocopy", true);
        case "z", "Z" -> {
          if (isPath) {
            volume.withObjectProperty("bind").put("selinux", mode);
          }
        }
        case "private", "rprivate", "shared", "rshared", "slave", "rslave" ->
            volume.withObjectProperty("bind").put("propagation", mode);
        default ->
            context
                .notes()
                .add(
                    item.at() + ": the mode \"" + mode + "\" is not used; Docker has no such mode");
      }
    }
    return volume;
  }

  private ObjectNode named(Position at, ObjectNode volume, ObjectNode json) {
    String name = volume.path("source").asText();
    if (name.isEmpty()) {
      return volume;
    }
    if (!(context.tree().get("volumes") instanceof Mapping all)
        || !all.entries().containsKey(name)) {
      throw new FileProblem(
          at, "there is no volume " + name + " below the file's volumes:; add it");
    }
    String own = context.ownName("volumes", name);
    volume.put("source", own);
    if (all.get(name) instanceof Mapping said && !ProjectContext.isExternal(said)) {
      ObjectNode options = (ObjectNode) said.json();
      options.remove(List.of("name", "external", "labels"));
      NetworkWriter.withoutExtensions(options);
      device(said.at(), name, options);
      if (!options.isEmpty()) {
        json.withObjectProperty("x-dowding").withObjectProperty("volumes").set(own, options);
      }
    }
    return volume;
  }

  /**
   * A bind as a volume has a path on this machine too, if that is relative. As any other such path
   * it becomes an ordinary volume, or a path below the project directory on the hosts.
   */
  private void device(Position at, String name, ObjectNode options) {
    if (!(options.get("driver_opts") instanceof ObjectNode driver)
        || !driver.path("o").asText().matches("(.*,)?bind(,.*)?")
        || !options.path("driver").asText("local").equals("local")) {
      return;
    }
    String device = driver.path("device").asText();
    Path local = local(context, at, device.isEmpty() ? "." : device).orElse(null);
    if (local == null) {
      return;
    }
    String what = at + ": volumes." + name + ": " + device;
    if (isBelowProject(context, device)) {
      Path there = onHosts(local);
      driver.put("device", there.toString());
      context.notes().add(what + " is " + there + " on the hosts");
    } else {
      options.remove("driver_opts");
      context.notes().add(what + " is not on the hosts, so it is an ordinary volume there");
    }
  }

  private void bind(
      String composeName, Position at, ObjectNode volume, ArrayNode volumes, ObjectNode json) {
    if (volume.get("bind") instanceof ObjectNode options && options.remove("selinux") != null) {
      context.notes().add(at + ": SELinux labels are not set; label the directory on the hosts");
    }
    String source = volume.path("source").asText();
    Path local = local(context, at, source).orElse(null);
    if (local == null) {
      volumes.add(volume);
      return;
    }
    String what = at + ": services." + composeName + ": " + source;
    if (isBelowProject(context, source)) {
      Path there = onHosts(local);
      volumes.add(volume.put("source", there.toString()));
      context.notes().add(what + " is " + there + " on the hosts");
      return;
    }
    List<Path> travelling = context.paths().travelling(local);
    if (travelling.isEmpty()) {
      String name = context.paths().volume(local);
      volume.put("type", "volume").put("source", name).remove("bind");
      volumes.add(volume);
      String without = context.paths().isLeftBehind(local) ? ", without its files" : "";
      context.notes().add(what + " becomes the volume " + name + without);
      return;
    }
    String target = volume.path("target").asText();
    for (Path file : travelling) {
      boolean isAlone = file.equals(local);
      String path = isAlone ? target : target + "/" + local.relativize(file);
      config(file, path, at, json);
    }
    context
        .notes()
        .add(
            what
                + " becomes "
                + (travelling.size() == 1 ? "a config" : travelling.size() + " configs")
                + "; its content goes to etcd"
                + (volume.path("read_only").asBoolean()
                    ? ""
                    : ", and changes made in the container are lost when it is replaced"));
  }

  private Path onHosts(Path local) {
    return Objects.requireNonNull(context.options().projectDirectory())
        .resolve(context.directory().relativize(local))
        .normalize();
  }

  /** Whether it is a path below the project directory on the hosts. */
  static boolean isBelowProject(ProjectContext context, String source) {
    return context.options().projectDirectory() != null && !source.startsWith("~");
  }

  static boolean isPath(String source) {
    return source.matches("[/~.].*");
  }

  /**
   * The path on this machine; empty if the source is a path on the hosts.
   *
   * @throws FileProblem if it is not a path
   */
  static Optional<Path> local(ProjectContext context, Position at, String source) {
    if (source.isEmpty()) {
      return Optional.empty();
    }
    Path path = at.source().resolve(source);
    boolean isOutput = Places.isOutput(at) && path.startsWith(context.directory());
    return source.startsWith("/") && !isOutput ? Optional.empty() : Optional.of(path);
  }

  private void config(Path file, String target, Position at, ObjectNode json) {
    String name = context.paths().config(file, at);
    String key = "configs/" + name;
    try {
      contents.put(key, context.files().content(file, context.directory()));
    } catch (IOException unreadable) {
      throw new FileProblem(at, file + " cannot be read: " + unreadable.getMessage());
    }
    keys.add(key);
    ArrayNode configs =
        json.get("configs") instanceof ArrayNode all ? all : json.putArray("configs");
    ObjectNode config = json.objectNode().put("source", name).put("target", target);
    configs.add(context.files().isExecutable(file) ? config.put("mode", "0555") : config);
  }
}
