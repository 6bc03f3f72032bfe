package io.dowding.model;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Fields that only newer engines support; an older one ignores or refuses them. */
public final class ApiVersions {

  private ApiVersions() {}

  /** The fields that need a newer engine, each with the version of its API that introduced it. */
  public static SortedMap<String, String> needed(ContainerSpec spec) {
    SortedMap<String, String> needed = Collections.emptySortedMap();
    if (spec.engine().containsKey("HostConfig.Annotations")) {
      needed = with(needed, "annotations", "1.43");
    }
    if (spec.engine().get("Healthcheck") instanceof Map<?, ?> check
        && check.containsKey("StartInterval")) {
      needed = with(needed, "healthcheck.start_interval", "1.44");
    }
    for (Mount mount : spec.mounts()) {
      if (mount.isGiven("BindOptions", "ReadOnlyNonRecursive")
          || mount.isGiven("BindOptions", "ReadOnlyForceRecursive")) {
        needed = with(needed, "bind.recursive", "1.44");
      }
      if (mount.isGiven("VolumeOptions", "Subpath")) {
        needed = with(needed, "volume.subpath", "1.45");
      }
      if (mount.type() == Mount.Type.IMAGE) {
        needed = with(needed, "a volume of the type image", "1.48");
      }
    }
    return needed;
  }

  private static SortedMap<String, String> with(
      SortedMap<String, String> others, String field, String since) {
    SortedMap<String, String> all = new TreeMap<>(others);
    all.put(field, since);
    return all;
  }

  /** Which of these an engine lacks, as half a sentence; empty if none, or if it does not say. */
  public static String lacking(SortedMap<String, String> needed, String version) {
    StringBuilder lacking = new StringBuilder();
    needed.forEach(
        (field, since) -> {
          if (isOlder(version, since)) {
            lacking.append(lacking.isEmpty() ? "has API " + version + "; " : ", ");
            lacking.append(field).append(" needs ").append(since);
          }
        });
    return lacking.toString();
  }

  private static boolean isOlder(String version, String than) {
    return version.matches("1\\.[0-9]{1,4}") && minor(version) < minor(than);
  }

  private static int minor(String version) {
    return Integer.parseInt(version.substring(version.indexOf('.') + 1));
  }
}
