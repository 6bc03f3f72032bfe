package io.dowding.model;

import io.dowding.model.Finding.Needs;
import io.dowding.model.Finding.Never;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The grants that values of {@link EngineTable}'s fields need, following the engine's
 * interpretation.
 */
final class EngineRules {

  /** Needs no grant. */
  static final Rule FREE = (value, found) -> {};

  private static final Predicate<String> OF_CONTAINER =
      Pattern.compile("container:[0-9a-f]{64}").asMatchPredicate();

  private static final List<String> SOCKETS = List.of("/var/run/docker.sock", "/run/docker.sock");

  /** Options of a tmpfs mount; others, such as {@code bind}, would turn it into another mount. */
  private static final Set<String> OF_MEMORY =
      Set.of(
          "size",
          "mode",
          "uid",
          "gid",
          "nr_inodes",
          "nr_blocks",
          "rw",
          "ro",
          "exec",
          "noexec",
          "suid",
          "nosuid",
          "dev",
          "nodev",
          "sync",
          "async",
          "atime",
          "noatime",
          "relatime",
          "diratime",
          "nodiratime");

  private static final Set<String> LOGS_OF_THE_ENGINE =
      Set.of("json-file", "local", "none", "journald");
  private static final Set<String> LOG_OPTIONS =
      Set.of(
          "max-size",
          "max-file",
          "compress",
          "labels",
          "labels-regex",
          "env",
          "env-regex",
          "tag",
          "mode",
          "max-buffer-size",
          "cache-disabled",
          "cache-max-size",
          "cache-max-file",
          "cache-compress");

  /** Sysctls that every container has for itself. */
  private static final Set<String> OWN_SYSCTLS =
      Set.of(
          "kernel.msgmax",
          "kernel.msgmnb",
          "kernel.msgmni",
          "kernel.sem",
          "kernel.shmall",
          "kernel.shmmax",
          "kernel.shmmni",
          "kernel.shm_rmid_forced");

  private static final Set<String> BRIDGE_OPTIONS =
      Set.of(
          "com.docker.network.driver.mtu",
          "com.docker.network.bridge.enable_icc",
          "com.docker.network.bridge.enable_ip_masquerade",
          "com.docker.network.bridge.host_binding_ipv4");

  /** The volume of another container, which is its owner: no one else can know the name. */
  private static final Pattern ANONYMOUS = Pattern.compile("[0-9a-f]{64}");

  private EngineRules() {}

  /** Judges a value that is present. */
  @FunctionalInterface
  interface Rule {
    void judge(Object value, Consumer<Finding> found);
  }

  /** Needs the right unless the value means no. */
  static Rule flag(Right right, String what) {
    return (value, found) -> {
      if (!Boolean.FALSE.equals(value) && !text(value).isEmpty() && !text(value).equals("0")) {
        found.accept(Needs.of(right, what));
      }
    };
  }

  static Rule named(Right right, String what) {
    return (value, found) -> found.accept(new Needs(right, text(value), what + " " + value));
  }

  /**
   * The host's namespace needs a grant; another container's is never allowed.
   *
   * @param own values that mean a namespace of the container's own, separated by spaces
   */
  static Rule namespace(String field, String own) {
    Set<String> free = Set.of(own.split(" ", -1));
    return (value, found) -> {
      if (value.equals("host")) {
        found.accept(Needs.of(Right.HOST_NAMESPACES, field + ": host"));
      } else if (isShared(value)) {
        shared(field, text(value), found);
      } else if (!text(value).isEmpty() && !free.contains(text(value))) {
        found.accept(new Never(field + ": " + value));
      }
    };
  }

  /** A Docker mode or a network name; Docker's interpretation decides. */
  static void network(Object value, Consumer<Finding> found) {
    String name = text(value);
    if (name.equals("host")) {
      found.accept(Needs.of(Right.HOST_NAMESPACES, "the host's network"));
    } else if (isShared(value)) {
      shared("network_mode", name, found);
    } else if (name.contains(":")) {
      found.accept(new Never("the network of another container"));
    } else if (!Networks.isMode(name)) {
      found.accept(new Needs(Right.NETWORKS, name, "the network " + name));
    }
  }

  static void endpoints(Object value, Consumer<Finding> found) {
    map(value).keySet().forEach(name -> network(name, found));
  }

  static void networkDriver(Object value, Consumer<Finding> found) {
    if (!value.equals("bridge")) {
      found.accept(new Never("the network driver " + value));
    }
  }

  /** Some options name an interface of the host, or open what a bridge keeps closed. */
  static void networkOptions(Object value, Consumer<Finding> found) {
    map(value).keySet().stream()
        .map(String::valueOf)
        .filter(option -> !BRIDGE_OPTIONS.contains(option))
        .forEach(
            option ->
                found.accept(
                    new Needs(Right.NETWORK_OPTIONS, option, "the network option " + option)));
  }

  /** A subnet is a route on the host, and can divert traffic meant for another network. */
  static void networkAddresses(Object value, Consumer<Finding> found) {
    found.accept(
        new Needs(Right.NETWORK_OPTIONS, "ipam", "a network with addresses of its own (ipam)"));
  }

  /**
   * A service, or a container by its full id. A definition cannot name a container: the id comes
   * from a service whose own namespaces were checked against the policy for this one.
   */
  private static boolean isShared(Object value) {
    return text(value).startsWith(ContainerSpec.OF_SERVICE) || OF_CONTAINER.test(text(value));
  }

  private static void shared(String field, String of, Consumer<Finding> found) {
    if (of.startsWith(ContainerSpec.OF_SERVICE)) {
      found.accept(new Needs(Right.NETWORKS, of, field + ": " + of));
    }
  }

  static void capability(Object value, Consumer<Finding> found) {
    found.accept(new Needs(Right.CAPABILITIES, text(value), "the capability " + value));
  }

  static void device(Object value, Consumer<Finding> found) {
    String path = text(map(value).get("PathOnHost"));
    found.accept(new Needs(Right.DEVICES, path, "the device " + path));
  }

  static void anyDevice(Object value, Consumer<Finding> found) {
    found.accept(new Needs(Right.DEVICES, "*", "a device"));
  }

  /** Parsed as an engine does: at the first {@code =}, or, without one, at the first colon. */
  static void securityOption(Object value, Consumer<Finding> found) {
    String option = text(value);
    String[] parts = option.split(option.contains("=") ? "=" : ":", 2);
    String of = parts.length > 1 ? parts[1] : "";
    boolean free =
        switch (parts[0]) {
          case "no-new-privileges" ->
              parts.length == 1 || Set.of("true", "1", "t", "T", "TRUE", "True").contains(of);
          case "apparmor" -> of.equals("docker-default");
          case "seccomp" -> of.equals("builtin") || of.equals("default");
          default -> false;
        };
    if (!free) {
      found.accept(Needs.of(Right.UNCONFINED, "security_opt " + shortened(option)));
    }
  }

  /** A profile may be long. */
  private static String shortened(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  static void log(Object value, Consumer<Finding> found) {
    String driver = text(map(value).get("Type"));
    if (!LOGS_OF_THE_ENGINE.contains(driver)) {
      found.accept(new Needs(Right.LOG_DRIVERS, driver, "the log driver " + driver));
      return;
    }
    map(map(value).get("Config")).keySet().stream()
        .filter(option -> !LOG_OPTIONS.contains(text(option)))
        .forEach(option -> found.accept(new Never("the log option " + option + " of " + driver)));
  }

  static void sysctls(Object value, Consumer<Finding> found) {
    for (Object key : map(value).keySet()) {
      // Docker also accepts slashes in place of dots.
      String name = text(key).replace('/', '.');
      if (name.contains("..")) {
        // A path out of the namespace of the prefix, as in net/../kernel.
        found.accept(new Never("the sysctl " + name));
      } else if (!name.startsWith("net.")
          && !name.startsWith("fs.mqueue.")
          && !OWN_SYSCTLS.contains(name)) {
        found.accept(new Needs(Right.SYSCTLS, name, "the sysctl " + name));
      }
    }
  }

  /** Annotations are commands to the runtime and to systemd. */
  static void annotations(Object value, Consumer<Finding> found) {
    map(value)
        .keySet()
        .forEach(
            key -> found.accept(new Needs(Right.ANNOTATIONS, text(key), "the annotation " + key)));
  }

  static void tmpfs(Object value, Consumer<Finding> found) {
    map(value).values().stream()
        .map(EngineRules::text)
        .filter(options -> !isOfMemory(options))
        .forEach(options -> found.accept(new Never("tmpfs with " + options)));
  }

  private static boolean isOfMemory(String options) {
    return options.isEmpty()
        || List.of(options.split(",", -1)).stream()
            .allMatch(option -> OF_MEMORY.contains(option.replaceFirst("=.*", "")));
  }

  /** These two give priority over the host's own processes; the others are limits. */
  static void ulimit(Object value, Consumer<Finding> found) {
    String name = text(map(value).get("Name"));
    if (name.equals("rtprio") || name.equals("nice")) {
      found.accept(Needs.of(Right.HOST_RESOURCES, "the ulimit " + name));
    }
  }

  static void oomScore(Object value, Consumer<Finding> found) {
    if (!(value instanceof Number score) || score.longValue() < 0) {
      found.accept(Needs.of(Right.HOST_RESOURCES, "oom_score_adj " + value));
    }
  }

  static void mount(Object value, Consumer<Finding> found) {
    Map<?, ?> mount = map(value);
    String source = text(mount.get("Source"));
    switch (text(mount.get("Type"))) {
      case "bind" -> bind(source, found);
      case "volume" -> {
        if (!source.isEmpty() && !ANONYMOUS.matcher(source).matches()) {
          found.accept(new Needs(Right.VOLUMES, source, "the volume " + source));
        }
        Map<?, ?> driver = map(map(mount.get("VolumeOptions")).get("DriverConfig"));
        volume(text(driver.get("Name")), map(driver.get("Options")), found);
      }
      // Its registry is checked with the definition: see Policy.refusals.
      case "tmpfs", "image" -> {}
      default -> found.accept(new Never("a mount of the type " + mount.get("Type")));
    }
  }

  private static void bind(String source, Consumer<Finding> found) {
    String path = Paths.normal(source);
    // A directory that contains the socket is as good as the socket.
    if (SOCKETS.stream().anyMatch(socket -> Paths.isWithin(socket, path))) {
      found.accept(Needs.of(Right.DOCKER_SOCKET, "Docker's socket, in " + path));
    }
    if (!SOCKETS.contains(path)) {
      found.accept(new Needs(Right.BINDS, path, "the bind of " + path));
    }
  }

  /** With the engine's own driver, the options are those of a mount: a bind, a disk, a share. */
  static void volume(String driver, Map<?, ?> options, Consumer<Finding> found) {
    if (!driver.isEmpty() && !driver.equals("local")) {
      found.accept(new Needs(Right.VOLUME_DRIVERS, driver, "the volume driver " + driver));
      return;
    }
    String type = text(options.get("type"));
    String mounted = text(options.get("o"));
    List<String> flags = List.of(mounted.split(",", -1));
    boolean onlySize = Set.of("size").containsAll(options.keySet());
    boolean memory =
        type.equals("tmpfs")
            && isOfMemory(mounted)
            && Set.of("type", "o", "device", "size").containsAll(options.keySet());
    if (flags.contains("bind") || flags.contains("rbind")) {
      bind(text(options.get("device")), found);
    } else if (!onlySize && !memory) {
      found.accept(
          new Needs(
              Right.VOLUME_DRIVERS,
              "local:" + type,
              "a volume with driver_opts of the type \"" + type + "\""));
    }
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : String.valueOf(value);
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }
}
