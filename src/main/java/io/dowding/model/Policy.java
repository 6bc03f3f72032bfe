package io.dowding.model;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What services may have of the hosts that they run on. Whatever gives a container its host is
 * refused unless it is granted. Immutable.
 *
 * @param registries where images may come from, such as {@code docker.io}; empty: from anywhere
 */
public record Policy(List<Grant> grants, List<String> registries) {

  /** Grants nothing that would give a container its host. */
  public static final Policy STRICT = new Policy(List.of(), List.of());

  private static final String HOST = "HostConfig.";
  private static final List<String> SOCKETS = List.of("/var/run/docker.sock", "/run/docker.sock");
  private static final List<String> NAMESPACES =
      List.of("IpcMode", "PidMode", "UTSMode", "UsernsMode", "CgroupnsMode");
  private static final List<String> DEVICE_FIELDS =
      List.of("Devices", "DeviceRequests", "DeviceCgroupRules");

  /**
   * What some services may have.
   *
   * @param services a service's name, in which {@code *} stands for anything
   * @param devices paths on the host; {@code *} for all, with {@code gpus} and cgroup rules
   * @param capabilities that may be added, such as {@code NET_ADMIN}
   * @param binds directories of the host of which all within may be mounted
   * @param unconfined whether profiles of AppArmor, seccomp or SELinux may be switched off
   */
  public record Grant(
      String services,
      boolean privileged,
      boolean hostNamespaces,
      List<String> devices,
      List<String> capabilities,
      List<String> binds,
      boolean dockerSocket,
      boolean unconfined) {

    boolean isFor(String service) {
      return service.matches(Pattern.quote(services).replace("*", "\\E.*\\Q"));
    }
  }

  /** Why a service may not run like this, each with the setting that would allow it. */
  public List<String> refusals(String service, ContainerSpec spec) {
    Map<String, Object> engine = spec.engine();
    List<String> refusals = new ArrayList<>();
    Check check = new Check(service, grantsOf(service), refusals);
    if (engine.containsKey(HOST + "Privileged") || hasPrivilegedHook(engine)) {
      check.that(Grant::privileged, "privileged", "privileged", "true");
    }
    for (String namespace : NAMESPACES) {
      if ("host".equals(engine.get(HOST + namespace))) {
        check.that(Grant::hostNamespaces, "the host's " + namespace, "hostNamespaces", "true");
      }
    }
    if ("host".equals(spec.networkMode())) {
      check.that(Grant::hostNamespaces, "network_mode: host", "hostNamespaces", "true");
    }
    for (String field : DEVICE_FIELDS) {
      devices(engine.get(HOST + field)).forEach(device -> check.device(device));
    }
    texts(engine.get(HOST + "CapAdd")).forEach(check::capability);
    if (texts(engine.get(HOST + "SecurityOpt")).stream().anyMatch(Policy::isUnconfined)) {
      check.that(Grant::unconfined, "an unconfined profile", "unconfined", "true");
    }
    refusals.addAll(bindRefusals(service, spec.mounts()));
    registry(spec.image(), refusals);
    return refusals;
  }

  /** Why a service may not have these mounts, which may be another service's. */
  public List<String> bindRefusals(String service, List<Mount> mounts) {
    List<String> refusals = new ArrayList<>();
    Check check = new Check(service, grantsOf(service), refusals);
    mounts.stream()
        .filter(mount -> mount.type() == Mount.Type.BIND)
        .forEach(mount -> check.bind(normal(mount.source())));
    return refusals;
  }

  private List<Grant> grantsOf(String service) {
    return grants.stream().filter(grant -> grant.isFor(service)).toList();
  }

  private static boolean hasPrivilegedHook(Map<String, Object> engine) {
    return Stream.of("PostStart", "PreStop")
        .map(engine::get)
        .flatMap(hooks -> hooks instanceof List<?> all ? all.stream() : Stream.empty())
        .anyMatch(hook -> hook instanceof Map<?, ?> map && map.containsKey("Privileged"));
  }

  /** Without {@code .} and {@code ..}, by which a bind would get out of what is granted. */
  private static String normal(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  private static boolean isWithin(String path, String directory) {
    return directory.equals("/") || (path + "/").startsWith(directory + "/");
  }

  private static boolean isUnconfined(String option) {
    return option.endsWith("unconfined") || option.endsWith("disable");
  }

  private static List<String> texts(@Nullable Object list) {
    return list instanceof List<?> all ? all.stream().map(String::valueOf).toList() : List.of();
  }

  /** What a grant must name; a star where it has no path. */
  private static List<String> devices(@Nullable Object list) {
    return list instanceof List<?> all
        ? all.stream()
            .map(
                device ->
                    device instanceof Map<?, ?> map && map.get("PathOnHost") instanceof String path
                        ? path
                        : "*")
            .distinct()
            .toList()
        : List.of();
  }

  private void registry(String image, List<String> refusals) {
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    boolean named = first.contains(".") || first.contains(":") || first.equals("localhost");
    String registry = named ? first : "docker.io";
    if (!registries.isEmpty() && !Set.copyOf(registries).contains(registry)) {
      refusals.add(
          "image: "
              + registry
              + " is not one of the registries that policy.registries allows: "
              + String.join(", ", registries));
    }
  }

  /** Collects what one service is refused. */
  private record Check(String service, List<Grant> grants, List<String> refusals) {

    void that(Predicate<Grant> granted, String what, String setting, String value) {
      if (grants.stream().noneMatch(granted)) {
        refusals.add(
            what
                + " is refused here; to allow it, under policy.allow: {services: "
                + service
                + ", "
                + setting
                + ": "
                + value
                + "}");
      }
    }

    void device(String path) {
      that(
          grant -> grant.devices().contains(path) || grant.devices().contains("*"),
          path.equals("*") ? "a device" : "the device " + path,
          "devices",
          "[\"" + path + "\"]");
    }

    void capability(String name) {
      that(
          grant -> grant.capabilities().contains(name) || grant.capabilities().contains("ALL"),
          "the capability " + name,
          "capabilities",
          "[" + name + "]");
    }

    void bind(String source) {
      // A directory with the socket in it is as good as the socket.
      if (SOCKETS.stream().anyMatch(socket -> isWithin(socket, source))) {
        that(Grant::dockerSocket, "Docker's socket, in " + source, "dockerSocket", "true");
      }
      if (SOCKETS.contains(source)) {
        return;
      }
      that(
          grant -> grant.binds().stream().anyMatch(dir -> isWithin(source, normal(dir))),
          "the bind of " + source,
          "binds",
          "[" + source + "]");
    }
  }
}
