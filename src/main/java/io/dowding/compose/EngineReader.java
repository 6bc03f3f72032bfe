package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.ContainerSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fields that are passed to the engine as they are, by their path in the body of its create call.
 * Fields that are left out are not passed, so that they are the same as the engine's default.
 */
final class EngineReader {

  private static final String HOST = "HostConfig.";
  private static final int MOST_PORT = 65_535;
  private static final Pattern EXPOSED =
      Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?(?:/((?i:tcp|udp|sctp)))?");

  private final Fields fields;
  private final SortedMap<String, Object> engine = new TreeMap<>();

  private EngineReader(Fields fields) {
    this.fields = fields;
  }

  static SortedMap<String, Object> read(Fields fields) {
    EngineReader reader = new EngineReader(fields);
    reader.security();
    reader.network();
    NetworkReader.read(fields, reader.engine);
    reader.process();
    reader.storage();
    ResourceReader.read(fields, reader.engine);
    HealthReader.read(fields, reader.engine);
    return reader.engine;
  }

  private void security() {
    flag("privileged", HOST + "Privileged");
    flag("read_only", HOST + "ReadonlyRootfs");
    each("cap_add", HOST + "CapAdd", EngineReader::capability);
    each("cap_drop", HOST + "CapDrop", EngineReader::capability);
    // Compose writes key:value where Docker has key=value.
    each(
        "security_opt",
        HOST + "SecurityOpt",
        text -> text.replaceFirst("^(apparmor|seccomp|label|systempaths):", "$1="));
    each("group_add", HOST + "GroupAdd", text -> text);
    word("userns_mode", HOST + "UsernsMode", "host", List.of("host"));
    word(
        "ipc",
        HOST + "IpcMode",
        "none, private, shareable, host or service:NAME",
        List.of("none", "private", "shareable", "host"));
    word("pid", HOST + "PidMode", "host or service:NAME", List.of("host"));
    word("uts", HOST + "UTSMode", "host", List.of("host"));
    word("cgroup", HOST + "CgroupnsMode", "host or private", List.of("host", "private"));
  }

  private static @Nullable String capability(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    if (!name.matches("[A-Z_]{2,30}")) {
      return null;
    }
    // Docker treats both the same; using one form gives both the same hash.
    return name.startsWith("CAP_") ? name.substring("CAP_".length()) : name;
  }

  private void network() {
    put(HOST + "Dns", oneOrMany("dns"));
    put(HOST + "DnsSearch", oneOrMany("dns_search"));
    each("dns_opt", HOST + "DnsOptions", text -> text);
    List<String> hosts = new ArrayList<>();
    JsonNode written = fields.get("extra_hosts");
    if (written != null && written.isObject()) {
      fields.map("extra_hosts", "has no address").forEach((n, ip) -> hosts.add(n + ":" + ip));
    } else {
      for (String entry : fields.list("extra_hosts")) {
        String[] parts = entry.split("[=:]", 2);
        if (parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
          fields.problem("extra_hosts", Fields.quote(entry) + " is not such as \"db:10.0.0.5\"");
        } else {
          hosts.add(parts[0] + ":" + parts[1].replaceAll("^\\[(.*)]$", "$1"));
        }
      }
    }
    hosts.sort(null);
    put(HOST + "ExtraHosts", hosts);
    text("domainname", "Domainname");
    String mac =
        fields.word(
            "mac_address",
            "an address such as 02:42:ac:11:65:43",
            text ->
                text.matches("(?i)[0-9a-f]{2}(:[0-9a-f]{2}){5}")
                    ? text.toLowerCase(Locale.ROOT)
                    : null);
    put("MacAddress", mac);
    Map<String, Object> exposed = new TreeMap<>();
    for (String port : fields.list("expose")) {
      if (!expose(port, exposed)) {
        fields.problem(
            "expose", Fields.quote(port) + " is not a port such as 8080, 53/udp or 8000-8005");
      }
    }
    if (exposed.size() > ContainerSpec.MOST_EXPOSED) {
      fields.problem(
          "expose",
          "has "
              + exposed.size()
              + " ports, more than the "
              + ContainerSpec.MOST_EXPOSED
              + " allowed");
    }
    put("ExposedPorts", exposed);
  }

  private static boolean expose(String text, Map<String, Object> exposed) {
    Matcher matcher = EXPOSED.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    int first = Integer.parseInt(matcher.group(1));
    int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
    String protocol = matcher.group(3) == null ? "tcp" : matcher.group(3).toLowerCase(Locale.ROOT);
    for (int port = first; port <= Math.min(last, MOST_PORT); port++) {
      exposed.put(port + "/" + protocol, Map.of());
    }
    return first <= last && last <= MOST_PORT;
  }

  private void process() {
    flag("init", HOST + "Init");
    flag("tty", "Tty");
    flag("stdin_open", "OpenStdin");
    text("runtime", HOST + "Runtime");
    text("cgroup_parent", HOST + "CgroupParent");
    text("platform", "platform");
    word(
        "isolation",
        HOST + "Isolation",
        "default, process or hyperv",
        List.of("default", "process", "hyperv"));
    pairs("annotations", HOST + "Annotations");
    pairs("sysctls", HOST + "Sysctls");
    Fields logging = fields.object("logging");
    String driver = logging.word("driver", "a log driver", text -> text);
    Map<String, String> options = logging.map("options", "has no value");
    logging.refuseOthers();
    if (driver != null || !options.isEmpty()) {
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("Type", driver == null ? "json-file" : driver);
      config.put("Config", options);
      put(HOST + "LogConfig", config);
    }
  }

  private void storage() {
    Map<String, Object> tmpfs = new TreeMap<>();
    for (String entry : oneOrMany("tmpfs")) {
      if (entry.isEmpty()) {
        continue;
      }
      String[] parts = entry.split(":", 2);
      if (parts[0].startsWith("/")) {
        tmpfs.put(parts[0], parts.length > 1 ? parts[1] : "");
      } else {
        fields.problem(
            "tmpfs", Fields.quote(entry) + " is not such as \"/run\" or \"/run:size=64m\"");
      }
    }
    put(HOST + "Tmpfs", tmpfs);
    pairs("storage_opt", HOST + "StorageOpt");
    List<Object> devices = new ArrayList<>();
    int index = 0;
    for (JsonNode item : fields.items("devices")) {
      Object device = device("devices[" + index++ + "]", item);
      if (device != null) {
        devices.add(device);
      }
    }
    put(HOST + "Devices", devices);
    each(
        "device_cgroup_rules",
        HOST + "DeviceCgroupRules",
        text -> text.matches("[abc] (\\*|\\d+):(\\*|\\d+) [rwm]{1,3}") ? text : null);
  }

  private @Nullable Object device(String field, JsonNode item) {
    if (ResourceReader.isNamed(item)) {
      return null;
    }
    String source;
    String target;
    String permissions;
    if (item.isObject()) {
      Fields device = new Fields(fields.path(field), item, fields.problems());
      String from = device.text("source");
      String to = device.text("target");
      String may = device.text("permissions");
      device.refuseOthers();
      source = from == null ? "" : from;
      target = to == null ? source : to;
      permissions = may == null ? "rwm" : may;
    } else {
      String[] parts = item.asText().split(":", -1);
      source = parts[0];
      target = parts.length > 1 ? parts[1] : source;
      permissions = parts.length > 3 ? "" : parts.length > 2 ? parts[2] : "rwm";
    }
    if (!source.startsWith("/") || !target.startsWith("/") || !permissions.matches("[rwm]{1,3}")) {
      fields.problem(field, Fields.show(item) + " is not such as \"/dev/fuse:/dev/fuse:rwm\"");
      return null;
    }
    Map<String, Object> device = new LinkedHashMap<>();
    device.put("PathOnHost", source);
    device.put("PathInContainer", target);
    device.put("CgroupPermissions", permissions);
    return device;
  }

  // kinds of fields

  private void put(String path, @Nullable Object value) {
    boolean nothing =
        value == null
            || (value instanceof List<?> list && list.isEmpty())
            || (value instanceof Map<?, ?> map && map.isEmpty());
    if (!nothing) {
      engine.put(path, value);
    }
  }

  private void flag(String field, String path) {
    if (fields.flag(field)) {
      put(path, true);
    }
  }

  private void text(String field, String path) {
    put(path, fields.word(field, "a text with something in it", t -> t.isBlank() ? null : t));
  }

  private void word(String field, String path, String expected, List<String> words) {
    boolean mayShare = expected.endsWith("service:NAME");
    put(
        path,
        fields.word(
            field,
            expected,
            text ->
                words.contains(text) || (mayShare && BorrowingReader.isOfService(text))
                    ? text
                    : null));
  }

  private void pairs(String field, String path) {
    put(path, fields.map(field, "has no value"));
  }

  private List<String> oneOrMany(String field) {
    JsonNode value = fields.get(field);
    return value != null && value.isTextual() ? List.of(value.asText()) : fields.list(field);
  }

  private void each(String field, String path, Function<String, @Nullable String> read) {
    List<String> values = new ArrayList<>();
    for (String text : fields.list(field)) {
      String value = read.apply(text);
      if (value == null) {
        fields.problem(field, Fields.quote(text) + " is not one that Docker knows");
      } else {
        values.add(value);
      }
    }
    put(path, values);
  }
}
