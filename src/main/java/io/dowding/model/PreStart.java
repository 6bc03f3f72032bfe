package io.dowding.model;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code pre_start}: containers that run to completion, one after the other, before a container of
 * their definition is made. Each is a job of its own, {@code web.pre_start-0}, with a record like
 * any other job's; no replica and no hostname has such a name.
 */
public final class PreStart {

  /** In {@link ContainerSpec#engine}: a list of maps. */
  public static final String FIELD = "PreStart";

  private static final String JOB = ".pre_start-";

  /** The service's own fields that a step shares: where it is, and whom it can reach. */
  private static final Set<String> SHARED =
      Set.of(
          "NetworkOptions",
          "platform",
          ContainerSpec.VOLUMES_FROM,
          "HostConfig.Dns",
          "HostConfig.DnsOptions",
          "HostConfig.DnsSearch",
          "HostConfig.ExtraHosts",
          "HostConfig.LogConfig",
          "HostConfig.Runtime",
          "HostConfig.UsernsMode");

  private PreStart() {}

  /** {@code web.pre_start-0}. */
  public static String job(String service, int step) {
    return service + JOB + step;
  }

  public static boolean isJob(String job) {
    return job.startsWith(JOB, Names.serviceOf(job).length());
  }

  /** How many steps a container of this spec waits for. */
  public static int steps(ContainerSpec spec) {
    return list(spec).size();
  }

  private static List<?> list(ContainerSpec spec) {
    return spec.engine().get(FIELD) instanceof List<?> steps ? steps : List.of();
  }

  /** The container of a job: of one of these steps, or as it is. */
  static @Nullable ContainerSpec of(ContainerSpec spec, String job) {
    for (int step = 0; step < steps(spec); step++) {
      if (job.endsWith(JOB + step)) {
        return step(spec, step);
      }
    }
    return null;
  }

  /**
   * The container of a step, as Compose makes it: of the service it has the networks, without its
   * names and addresses there, the volumes, contents, environment and limits.
   */
  public static ContainerSpec step(ContainerSpec spec, int step) {
    Map<?, ?> hook = list(spec).get(step) instanceof Map<?, ?> given ? given : Map.of();
    boolean own = hook.get("Image") instanceof String;
    Map<String, String> environment = new TreeMap<>(spec.environment());
    words(hook.get("Env"))
        .forEach(
            pair -> {
              int equals = pair.indexOf('=');
              environment.put(pair.substring(0, equals), pair.substring(equals + 1));
            });
    String user = text(hook.get("User"));
    String directory = text(hook.get("WorkingDir"));
    return new ContainerSpec(
        own ? String.valueOf(hook.get("Image")) : spec.image(),
        hook.containsKey("Cmd") ? words(hook.get("Cmd")) : null,
        null,
        environment,
        spec.labels(),
        List.of(),
        spec.mounts(),
        new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 0),
        ContainerSpec.DEFAULT_STOP_GRACE,
        null,
        user == null && !own ? spec.user() : user,
        directory == null && !own ? spec.workingDir() : directory,
        null,
        spec.networkMode(),
        spec.limits(),
        own ? unpinned(spec.pullPolicy()) : spec.pullPolicy(),
        null,
        engine(spec, hook),
        spec.files());
  }

  private static SortedMap<String, Object> engine(ContainerSpec spec, Map<?, ?> hook) {
    SortedMap<String, Object> engine = new TreeMap<>();
    spec.engine()
        .forEach(
            (path, value) -> {
              if (SHARED.contains(path)) {
                engine.put(path, value);
              } else if (path.equals("Networks") && value instanceof Map<?, ?> networks) {
                engine.put(
                    path,
                    networks.keySet().stream()
                        .collect(
                            Collectors.toMap(
                                String::valueOf, name -> List.of(), (a, b) -> a, TreeMap::new)));
              }
            });
    if (hook.containsKey("Privileged")) {
      engine.put("HostConfig.Privileged", true);
    }
    engine.put("Healthcheck", new TreeMap<>(Map.of("Test", List.of("NONE"))));
    return engine;
  }

  /** What a tag points to is recorded only for a service's own image. */
  private static ContainerSpec.PullPolicy unpinned(ContainerSpec.PullPolicy policy) {
    return new ContainerSpec.PullPolicy(policy.when(), policy.age(), false);
  }

  private static @Nullable String text(@Nullable Object value) {
    return value instanceof String given ? given : null;
  }

  private static List<String> words(@Nullable Object value) {
    return value instanceof List<?> all ? all.stream().map(String::valueOf).toList() : List.of();
  }
}
