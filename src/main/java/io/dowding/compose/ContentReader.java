package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.ContainerFile;
import io.dowding.model.Content;
import io.dowding.model.Mount;
import io.dowding.model.Names;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code configs} and {@code secrets}, in short and long form. Their content is in {@code
 * x-dowding}, or in the key of the same kind and name. No message shows content.
 */
final class ContentReader {

  private static final int DEFAULT_MODE = 0444;
  private static final int MOST_ID = 65_535;
  private static final int MOST_FILES = 1000;
  private static final int LONGEST_PATH = 4096;

  private final Fields service;
  private final String kind;
  private final String directory;
  private final Map<String, Content> inline = new HashMap<>();

  private ContentReader(Fields service, String kind, String directory) {
    this.service = service;
    this.kind = kind;
    this.directory = directory;
  }

  /** All files; those without content have it in etcd. */
  static List<ContainerFile> read(
      Fields service, List<Mount> mounts, SortedMap<String, Object> engine) {
    List<ContainerFile> files = new ArrayList<>();
    new ContentReader(service, "configs", "/").read(files);
    new ContentReader(service, "secrets", "/run/secrets/").read(files);
    check(service, files, mounts, engine);
    return files;
  }

  private void read(List<ContainerFile> files) {
    readInline(service.object("x-dowding").object(kind));
    Set<String> unused = new HashSet<>(inline.keySet());
    int index = 0;
    for (JsonNode item : service.items(kind, MOST_FILES)) {
      String field = kind + "[" + index++ + "]";
      ContainerFile file = item.isObject() ? longForm(field, item) : shortForm(field, item);
      if (file != null) {
        files.add(file);
        unused.remove(file.key().substring(kind.length() + 1));
      }
    }
    for (String name : unused) {
      service.problem("x-dowding." + kind + "." + name, "is none of this service's " + kind);
    }
  }

  private void readInline(Fields all) {
    for (String name : all.names()) {
      Fields one = all.object(name);
      JsonNode content = one.get("content");
      if (content == null || !content.isTextual()) {
        one.problem("content", "is not text; larger or binary content goes into a key of its own");
      } else {
        inline.put(name, Content.of(content.asText().getBytes(StandardCharsets.UTF_8)));
      }
      one.refuseOthers();
    }
  }

  private @Nullable ContainerFile shortForm(String field, JsonNode item) {
    return file(field, item.isTextual() ? item.asText() : "", null, 0, 0, DEFAULT_MODE);
  }

  private @Nullable ContainerFile longForm(String field, JsonNode item) {
    Fields file = new Fields(service.path(field), item, service.problems());
    String source = file.text("source");
    String target = file.text("target");
    int uid = (int) file.number("uid", 0, 0, MOST_ID);
    int gid = (int) file.number("gid", 0, 0, MOST_ID);
    Integer mode = mode(file);
    file.refuseOthers();
    return file(
        field, source == null ? "" : source, target, uid, gid, mode == null ? DEFAULT_MODE : mode);
  }

  /** Text is octal, as people write it; YAML has already converted an octal number. */
  private static @Nullable Integer mode(Fields file) {
    JsonNode value = file.get("mode");
    if (value != null && value.isInt() && value.asInt() >= 0 && value.asInt() <= 07777) {
      return value.asInt();
    }
    return file.text(
        "mode",
        "a mode such as \"0440\"",
        text -> text.matches("(0o?)?[0-7]{3,4}") ? octal(text) : null);
  }

  private static Integer octal(String text) {
    return Integer.valueOf(text.replace("o", ""), 8);
  }

  private @Nullable ContainerFile file(
      String field, String source, @Nullable String target, int uid, int gid, int mode) {
    if (!Names.isContent(source)) {
      service.problem(
          field, Fields.quote(source) + " is not a name: letters, digits, _, . and -, at most 63");
      return null;
    }
    String path = target == null ? source : target;
    boolean absolute = path.startsWith("/");
    if (!absolute && target != null && kind.equals("configs")) {
      service.problem(field, Fields.quote(target) + " is not an absolute path in the container");
      return null;
    }
    Content content = inline.get(source);
    return new ContainerFile(
        kind + "/" + source,
        content != null,
        absolute ? path : directory + path,
        uid,
        gid,
        mode,
        content);
  }

  private static void check(
      Fields service,
      List<ContainerFile> files,
      List<Mount> mounts,
      SortedMap<String, Object> engine) {
    Map<String, String> mounted = new HashMap<>();
    Set<String> writable = new HashSet<>();
    for (Mount mount : mounts) {
      mounted.put(directory(mount.target()), mount.target());
      if (mount.type() == Mount.Type.VOLUME && !mount.readOnly()) {
        writable.add(directory(mount.target()));
      }
    }
    if (engine.get("HostConfig.Tmpfs") instanceof Map<?, ?> memory) {
      memory
          .keySet()
          .forEach(path -> mounted.put(directory(String.valueOf(path)), String.valueOf(path)));
    }
    Set<String> targets = new HashSet<>();
    for (ContainerFile file : files) {
      String kind = file.key().substring(0, file.key().indexOf('/'));
      String target = file.target();
      boolean isFile = !target.endsWith("/") && !(target + "/").contains("/../");
      if (target.length() > LONGEST_PATH || !isFile || !targets.add(target)) {
        service.problem(kind, Fields.quote(target) + " is not a path of one file");
        continue;
      }
      String path = target + "/";
      String nearest = "";
      for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
        String parent = path.substring(0, slash + 1);
        nearest = mounted.containsKey(parent) ? parent : nearest;
      }
      // A config is written into a volume as into the image; a secret would stay there.
      boolean isWritten =
          kind.equals("configs") && writable.contains(nearest) && !nearest.equals(path);
      if (!nearest.isEmpty() && !isWritten) {
        service.problem(
            kind,
            target + " lies in the mount " + mounted.get(nearest) + ": choose another target");
      }
    }
    if (!files.isEmpty() && engine.containsKey("HostConfig.ReadonlyRootfs")) {
      service.problem(
          "read_only", "cannot be combined with configs and secrets, which are copied in");
    }
  }

  /** The path with exactly one trailing slash. */
  private static String directory(String path) {
    int end = path.length();
    while (end > 0 && path.charAt(end - 1) == '/') {
      end--;
    }
    return path.substring(0, end) + "/";
  }
}
