package io.dowding.placement;

import io.dowding.model.ApiVersions;
import io.dowding.model.ContainerSpec;
import io.dowding.model.EngineInfo;
import io.dowding.model.Mount;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an engine must have to run a container: CPUs, platform, drivers, runtimes and the API. What
 * an engine does not report is assumed to be there.
 *
 * @param nanoCpus the container's limit; 0 for none
 * @param api see {@link ApiVersions#needed}
 */
record Abilities(
    long nanoCpus,
    @Nullable String platform,
    @Nullable String logDriver,
    List<String> volumeDrivers,
    @Nullable String runtime,
    SortedMap<String, String> api) {

  private static final long NANO = 1_000_000_000;

  static Abilities of(ContainerSpec spec) {
    List<Mount> mounts = spec.mounts();
    return new Abilities(
        spec.limits().nanoCpus(),
        spec.engine().get("platform") instanceof String platform ? platform : null,
        logDriver(spec),
        mounts.isEmpty()
            ? List.of()
            : mounts.stream()
                .map(Abilities::volumeDriver)
                .filter(Objects::nonNull)
                .distinct()
                .toList(),
        spec.engine().get("HostConfig.Runtime") instanceof String runtime ? runtime : null,
        ApiVersions.needed(spec));
  }

  /**
   * Rounded up to whole CPUs, because engines have whole CPUs; more containers then share a value.
   */
  Abilities inWholeCpus() {
    long whole = (nanoCpus + NANO - 1) / NANO * NANO;
    return new Abilities(whole, platform, logDriver, volumeDrivers, runtime, api);
  }

  /** Everything that this engine lacks, as half a sentence, or null. */
  @Nullable String lacks(EngineInfo engine) {
    return isEnough(engine) ? null : whatLacks(engine);
  }

  private boolean isEnough(EngineInfo engine) {
    for (String driver : volumeDrivers) {
      if (driver("volume", driver, engine.volumeDrivers()) != null) {
        return false;
      }
    }
    return cpus(engine) == null
        && platform(engine) == null
        && driver("log", logDriver, engine.logDrivers()) == null
        && runtime(engine) == null
        && api(engine) == null;
  }

  private @Nullable String whatLacks(EngineInfo engine) {
    List<String> lacks =
        Stream.of(
                Stream.of(cpus(engine)),
                Stream.of(platform(engine)),
                Stream.of(driver("log", logDriver, engine.logDrivers())),
                volumeDrivers.stream().map(name -> driver("volume", name, engine.volumeDrivers())),
                Stream.of(runtime(engine)),
                Stream.of(api(engine)))
            .flatMap(some -> some)
            .filter(Objects::nonNull)
            .toList();
    return lacks.isEmpty() ? null : String.join(", ", lacks);
  }

  private @Nullable String cpus(EngineInfo engine) {
    return engine.cpus() > 0 && nanoCpus > engine.cpus() * NANO
        ? "has "
            + engine.cpus()
            + (engine.cpus() == 1 ? " CPU, " : " CPUs, ")
            + (double) nanoCpus / NANO
            + " asked"
        : null;
  }

  private @Nullable String platform(EngineInfo engine) {
    if (platform == null || engine.os().isEmpty()) {
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

  private @Nullable String api(EngineInfo engine) {
    if (api.isEmpty()) {
      return null;
    }
    String lacking = ApiVersions.lacking(api, engine.apiVersion());
    return lacking.isEmpty() ? null : lacking;
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

  /** No engine lists the full names of shims. */
  private @Nullable String runtime(EngineInfo engine) {
    return runtime != null
            && !engine.runtimes().isEmpty()
            && !engine.runtimes().contains(runtime)
            && !runtime.contains(".")
        ? "no runtime " + runtime
        : null;
  }
}
