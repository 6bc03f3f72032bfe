package io.dowding.model;

import java.util.regex.Pattern;

/** The kinds of grants, each with its name in {@code policy.allow}. */
public enum Right {
  PRIVILEGED("privileged"),
  /** The host's own network, process ids, IPC, host name, users and cgroups. */
  HOST_NAMESPACES("hostNamespaces"),
  DOCKER_SOCKET("dockerSocket"),
  /** Profiles of AppArmor, seccomp and SELinux other than the engine's own, or none. */
  UNCONFINED("unconfined"),
  /** A larger share of the host than other processes have. */
  HOST_RESOURCES("hostResources"),
  /** Paths on the host, or {@code *}. */
  DEVICES("devices"),
  /** Such as {@code NET_ADMIN}, or {@code ALL}. */
  CAPABILITIES("capabilities"),
  /** Directories, alone, or with everything inside as {@code /srv/data/**}. */
  BINDS("binds"),
  LOG_DRIVERS("logDrivers"),
  RUNTIMES("runtimes"),
  /** A plugin's name, or a filesystem that the built-in driver mounts, as {@code local:nfs}. */
  VOLUME_DRIVERS("volumeDrivers"),
  NETWORK_OPTIONS("networkOptions"),
  SYSCTLS("sysctls"),
  ANNOTATIONS("annotations"),
  SECRETS("secrets"),
  CONFIGS("configs"),
  VOLUMES("volumes"),
  NETWORKS("networks");

  private final String word;

  Right(String word) {
    this.word = word;
  }

  public String word() {
    return word;
  }

  /** Whether it is granted or not, with nothing to name. */
  public boolean isFlag() {
    return switch (this) {
      case PRIVILEGED, HOST_NAMESPACES, DOCKER_SOCKET, UNCONFINED, HOST_RESOURCES -> true;
      case DEVICES,
          CAPABILITIES,
          BINDS,
          LOG_DRIVERS,
          RUNTIMES,
          VOLUME_DRIVERS,
          NETWORK_OPTIONS,
          SYSCTLS,
          ANNOTATIONS,
          SECRETS,
          CONFIGS,
          VOLUMES,
          NETWORKS ->
          false;
    };
  }

  /** Whether every service has this right until a grant names it. */
  public boolean isOpenUntilNamed() {
    return this == SECRETS || this == CONFIGS || this == VOLUMES || this == NETWORKS;
  }

  /** Whether a granted value covers a needed one. */
  boolean covers(String granted, String needed) {
    return switch (this) {
      case BINDS -> Paths.covers(granted, needed);
      case CAPABILITIES -> granted.equals(needed) || granted.equals("ALL");
      case DEVICES -> granted.equals(needed) || granted.equals("*");
      case PRIVILEGED,
          HOST_NAMESPACES,
          DOCKER_SOCKET,
          UNCONFINED,
          HOST_RESOURCES,
          LOG_DRIVERS,
          RUNTIMES,
          VOLUME_DRIVERS,
          NETWORK_OPTIONS,
          SYSCTLS,
          ANNOTATIONS,
          SECRETS,
          CONFIGS,
          VOLUMES,
          NETWORKS ->
          matches(granted, needed);
    };
  }

  /** Whether a text matches a pattern; {@code *} matches anything. */
  static boolean matches(String pattern, String text) {
    return text.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"));
  }
}
