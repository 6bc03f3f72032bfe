package io.dowding.model;

import io.dowding.model.EngineTable.Call;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What services may have of their hosts. Anything in {@link EngineTable} that gives a container
 * access to its host is refused unless granted. Immutable.
 *
 * @param registries where images may come from, such as {@code docker.io}; empty allows all
 */
public record Policy(List<Grant> grants, List<String> registries) {

  /** Grants no access to hosts. */
  public static final Policy STRICT = new Policy(List.of(), List.of());

  /**
   * What some services may have.
   *
   * @param services their names; {@code *} matches anything
   * @param rights what is granted, by kind; {@code true} for a {@linkplain Right#isFlag() flag}
   */
  public record Grant(List<String> services, Map<Right, List<String>> rights) {

    boolean isFor(String service) {
      return services.stream().anyMatch(pattern -> Right.matches(pattern, service));
    }

    boolean covers(Finding.Needs need) {
      return rights.getOrDefault(need.right(), List.of()).stream()
          .anyMatch(granted -> need.right().covers(granted, need.value()));
    }
  }

  /** Why a service may not run like this, each with the setting that would allow it. */
  public List<String> refusals(String service, ContainerSpec spec) {
    List<Finding> findings = new ArrayList<>(EngineTable.findings(Call.CREATE, body(spec)));
    for (String hooks : List.of("PostStart", "PreStop")) {
      for (Object hook : list(spec.engine().get(hooks))) {
        findings.addAll(EngineTable.findings(Call.EXEC, map(hook)));
      }
    }
    map(spec.engine().get("NetworkOptions"))
        .values()
        .forEach(options -> findings.addAll(EngineTable.findings(Call.NETWORK, map(options))));
    map(spec.engine().get("Networks"))
        .keySet()
        .forEach(name -> EngineRules.network(name, findings::add));
    spec.files().stream()
        .filter(file -> !file.inline())
        .forEach(file -> findings.add(content(file.key())));
    List<String> refusals = new ArrayList<>(refusals(service, findings));
    registry("image", spec.image(), refusals);
    spec.mountedImages().forEach(image -> registry("volumes", image, refusals));
    for (int step = 0; step < PreStart.steps(spec); step++) {
      String where = "pre_start[" + step + "]: ";
      refusals(service, PreStart.step(spec, step)).stream()
          .filter(refusal -> !refusals.contains(refusal))
          .map(where::concat)
          .toList()
          .forEach(refusals::add);
    }
    return refusals;
  }

  /** Why a service may not have these mounts, which may belong to another service. */
  public List<String> mountRefusals(String service, List<Mount> mounts) {
    Map<String, Object> body =
        Map.of("HostConfig", Map.of("Mounts", mounts.stream().map(Mount::body).toList()));
    return refusals(service, EngineTable.findings(Call.CREATE, body));
  }

  /** Why a service may not share the namespaces of another one, which may be the host's. */
  public List<String> namespaceRefusals(String service, ContainerSpec other) {
    Map<String, Object> host = new HashMap<>();
    for (String field : List.of("IpcMode", "PidMode")) {
      host.put(field, other.engine().getOrDefault("HostConfig." + field, ""));
    }
    host.put("NetworkMode", other.networkMode() == null ? "" : other.networkMode());
    return refusals(service, EngineTable.findings(Call.CREATE, Map.of("HostConfig", host)));
  }

  /**
   * Why a service may not use an existing volume on a host.
   *
   * @param options that it was created with there
   */
  public List<String> volumeRefusals(
      String service, String volume, String driver, Map<String, String> options) {
    List<Finding> findings = new ArrayList<>();
    EngineRules.volume(driver, options, findings::add);
    return refusals(service, findings).stream()
        .map(refusal -> "the volume " + volume + ", as it is on this host: " + refusal)
        .toList();
  }

  /** The findings that a service has no grant for, as sentences. */
  public List<String> refusals(String service, List<Finding> findings) {
    return findings.stream().distinct().flatMap(finding -> refusal(service, finding)).toList();
  }

  private Stream<String> refusal(String service, Finding finding) {
    return switch (finding) {
      case Finding.Never(String what) -> Stream.of(what + " is never allowed");
      case Finding.Needs need when isGranted(service, need) -> Stream.of();
      case Finding.Needs(Right right, String value, String what) ->
          Stream.of(
              what
                  + " needs policy.allow: {services: "
                  + service
                  + ", "
                  + right.word()
                  + ": "
                  + (right.isFlag() ? value : "[" + quoted(value) + "]")
                  + "}");
    };
  }

  private boolean isGranted(String service, Finding.Needs need) {
    boolean open =
        need.right().isOpenUntilNamed()
            && grants.stream().noneMatch(grant -> grant.rights().containsKey(need.right()));
    return open || grants.stream().anyMatch(grant -> grant.isFor(service) && grant.covers(need));
  }

  private static String quoted(String value) {
    boolean plain =
        value.chars().allMatch(c -> Character.isLetterOrDigit(c) || "/._-".indexOf(c) >= 0);
    return plain && !value.isEmpty() ? value : "\"" + value + "\"";
  }

  private static Finding content(String key) {
    String name = key.substring(key.indexOf('/') + 1);
    return key.startsWith("secrets/")
        ? new Finding.Needs(Right.SECRETS, name, "the secret " + name)
        : new Finding.Needs(Right.CONFIGS, name, "the config " + name);
  }

  /** The part of a spec that is in the engine's own format. */
  private static Map<String, Object> body(ContainerSpec spec) {
    Map<String, Object> body = new HashMap<>();
    Map<String, Object> host = new HashMap<>();
    spec.engine()
        .forEach(
            (path, value) -> {
              if (path.startsWith("HostConfig.")) {
                host.put(path.substring("HostConfig.".length()), value);
              }
            });
    host.put("Mounts", spec.mounts().stream().map(Mount::body).toList());
    if (spec.networkMode() != null) {
      host.put("NetworkMode", spec.networkMode());
    }
    body.put("HostConfig", host);
    return body;
  }

  private static Map<?, ?> map(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<?> list(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private void registry(String field, String image, List<String> refusals) {
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    boolean named = first.contains(".") || first.contains(":") || first.equals("localhost");
    String registry = named ? first : "docker.io";
    if (!registries.isEmpty() && !Set.copyOf(registries).contains(registry)) {
      refusals.add(
          field
              + ": "
              + registry
              + " is not one of the registries that policy.registries allows: "
              + String.join(", ", registries));
    }
  }
}
