package io.dowding.model;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an engine reports about itself and its machine. An empty text, a zero or an empty set means
 * that it does not say.
 *
 * <p>The sets of drivers contain built-in drivers, enabled plugins, and legacy plugins that have
 * been used since the engine started. An engine loads legacy plugins only on first use and does not
 * list them before, so a driver that is missing here may still exist.
 *
 * @param id the engine's own id; cloned machines may share it
 * @param version of the engine, such as {@code 27.3.1}
 * @param apiVersion the newest API version it supports, such as {@code 1.47}
 * @param cpus how many it may use
 * @param memoryBytes of the whole machine
 * @param os as in image platforms, such as {@code linux}
 * @param architecture as in image platforms, such as {@code amd64} or {@code arm64}
 * @param logDrivers names for {@code logging.driver}
 * @param volumeDrivers names for {@code driver} of a volume
 * @param networkDrivers names for {@code driver} of a network
 * @param runtimes the configured ones; since version 23 an engine also accepts the full name of any
 *     containerd shim on its machine, which is not listed
 * @param devices how many there are of each kind, from its {@code node-generic-resources}
 */
public record EngineInfo(
    String id,
    String version,
    String apiVersion,
    int cpus,
    long memoryBytes,
    String os,
    String architecture,
    Set<String> logDrivers,
    Set<String> volumeDrivers,
    Set<String> networkDrivers,
    Set<String> runtimes,
    SortedMap<String, Long> devices) {

  /** Before an engine has answered. */
  public static final EngineInfo UNKNOWN =
      new EngineInfo(
          "", "", "", 0, 0, "", "", Set.of(), Set.of(), Set.of(), Set.of(), new TreeMap<>());

  public EngineInfo {
    logDrivers = Set.copyOf(logDrivers);
    volumeDrivers = Set.copyOf(volumeDrivers);
    networkDrivers = Set.copyOf(networkDrivers);
    runtimes = Set.copyOf(runtimes);
    devices = Collections.unmodifiableSortedMap(new TreeMap<>(devices));
  }

  /** An engine that reports no devices. */
  public EngineInfo(
      String id,
      String version,
      String apiVersion,
      int cpus,
      long memoryBytes,
      String os,
      String architecture,
      Set<String> logDrivers,
      Set<String> volumeDrivers,
      Set<String> networkDrivers,
      Set<String> runtimes) {
    this(
        id,
        version,
        apiVersion,
        cpus,
        memoryBytes,
        os,
        architecture,
        logDrivers,
        volumeDrivers,
        networkDrivers,
        runtimes,
        new TreeMap<>());
  }

  /** Its CPUs, memory and devices. */
  public Resources capacity() {
    return new Resources(Resources.nanos(cpus), memoryBytes, devices);
  }
}
