package io.dowding.placement;

import io.dowding.model.ContainerSpec;
import io.dowding.model.EngineInfo;
import io.dowding.model.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether an engine can run a container at all: its CPUs, its platform, its drivers and runtimes.
 * An engine that does not say is given the benefit of the doubt.
 */
final class Abilities {

  private static final double NANO = 1e9;

  private Abilities() {}

  /** All that this engine lacks, as half a sentence, or null if it lacks nothing. */
  static @Nullable String lacks(ContainerSpec spec, EngineInfo engine) {
    return isEnough(spec, engine) ? null : whatLacks(spec, engine);
  }

  /** The usual answer, and asked of every host. */
  private static boolean isEnough(ContainerSpec spec, EngineInfo engine) {
    for (Mount mount : spec.mounts()) {
      if (driver("volume", volumeDriver(mount), engine.volumeDrivers()) != null) {
        return false;
      }
    }
    return cpus(spec, engine) == null
        && platform(spec, engine) == null
        && driver("log", logDriver(spec), engine.logDrivers()) == null
        && runtime(spec, engine) == null;
  }

  private static @Nullable String whatLacks(ContainerSpec spec, EngineInfo engine) {
    List<@Nullable String> all = new ArrayList<>();
    all.add(cpus(spec, engine));
    all.add(platform(spec, engine));
    all.add(driver("log", logDriver(spec), engine.logDrivers()));
    spec.mounts()
        .forEach(mount -> all.add(driver("volume", volumeDriver(mount), engine.volumeDrivers())));
    all.add(runtime(spec, engine));
    List<String> lacks = all.stream().filter(Objects::nonNull).distinct().toList();
    return lacks.isEmpty() ? null : String.join(", ", lacks);
  }

  private static @Nullable String cpus(ContainerSpec spec, EngineInfo engine) {
    double asked = spec.limits().nanoCpus() / NANO;
    return engine.cpus() > 0 && asked > engine.cpus()
        ? "has " + engine.cpus() + (engine.cpus() == 1 ? " CPU, " : " CPUs, ") + asked + " asked"
        : null;
  }

  private static @Nullable String platform(ContainerSpec spec, EngineInfo engine) {
    if (!(spec.engine().get("platform") instanceof String platform) || engine.os().isEmpty()) {
      return null;
    }
    String[] asked = platform.split("/", -1);
    boolean fits =
        asked[0].equals(engine.os())
            && (asked.length < 2 || asked[1].equals(engine.architecture()));
    return fits
        ? null
        : "is " + engine.os() + "/" + engine.architecture() + ", " + platform + " asked";
  }

  private static @Nullable String driver(String kind, @Nullable String asked, Set<String> there) {
    return asked == null || there.isEmpty() || there.contains(asked)
        ? null
        : "no " + kind + " driver " + asked;
  }

  private static @Nullable String logDriver(ContainerSpec spec) {
    return spec.engine().get("HostConfig.LogConfig") instanceof Map<?, ?> config
            && config.get("Type") instanceof String type
        ? type
        : null;
  }

  private static @Nullable String volumeDriver(Mount mount) {
    return mount.options().get("VolumeOptions") instanceof Map<?, ?> options
            && options.get("DriverConfig") instanceof Map<?, ?> config
            && config.get("Name") instanceof String name
        ? name
        : null;
  }

  /** The full name of a shim is not listed by any engine. */
  private static @Nullable String runtime(ContainerSpec spec, EngineInfo engine) {
    return spec.engine().get("HostConfig.Runtime") instanceof String asked
            && !engine.runtimes().isEmpty()
            && !engine.runtimes().contains(asked)
            && !asked.contains(".")
        ? "no runtime " + asked
        : null;
  }
}
