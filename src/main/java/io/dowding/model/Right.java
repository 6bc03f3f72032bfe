package io.dowding.model;

import java.util.regex.Pattern;

/** The kinds of grants, each under its word in {@code policy.allow}. */
public enum Right {
  PRIVILEGED("privileged"),
  /** The host's own network, process ids, IPC, host name, users and cgroups. */
  HOST_NAMESPACES("hostNamespaces"),
  DOCKER_SOCKET("dockerSocket"),
  /** Other profiles of AppArmor, seccomp and SELinux than the engine's own, or none. */
  UNCONFINED("unconfined"),
  /** A larger share of the host than other processes have. */
  HOST_RESOURCES("hostResources"),
  /** Paths on the host, or {@code *}. */
  DEVICES("devices"),
  /** Such as {@code NET_ADMIN}, or {@code ALL}. */
  CAPABILITIES("capabilities"),
  /** Directories, each alone, or with all within as {@code /srv/data/**}. */
  BINDS("binds"),
  LOG_DRIVERS("logDrivers"),
  RUNTIMES("runtimes"),
  /** A plugin's name; or {@code local:nfs}, what the driver of every engine may mount. */
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

  /** Whether every service has it until some grant names it: it is the services' own. */
  public boolean isOpenUntilNamed() {
    return this == SECRETS || this == CONFIGS || this == VOLUMES || this == NETWORKS;
  }

  /** Whether what a grant says covers what a field needs. */
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

  /** Whether a text is as a pattern says, in which {@code *} stands for anything. */
  static boolean matches(String pattern, String text) {
    return text.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"));
  }
}
