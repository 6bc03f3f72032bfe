package io.dowding.cli;

import io.dowding.model.Policy;
import io.dowding.model.Right;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code policy:} in the {@link Config}. */
public record PolicyPart(@Nullable List<String> registries, @Nullable List<GrantPart> allow) {

  Policy policy() {
    return new Policy(
        allow == null ? List.of() : allow.stream().map(GrantPart::grant).toList(),
        registries == null ? List.of() : registries);
  }

  /** What some services may have of their hosts. */
  public record GrantPart(
      @Nullable List<String> services,
      boolean privileged,
      boolean hostNamespaces,
      boolean dockerSocket,
      boolean unconfined,
      boolean hostResources,
      @Nullable List<String> devices,
      @Nullable List<String> capabilities,
      @Nullable List<String> binds,
      @Nullable List<String> logDrivers,
      @Nullable List<String> runtimes,
      @Nullable List<String> volumeDrivers,
      @Nullable List<String> networkOptions,
      @Nullable List<String> sysctls,
      @Nullable List<String> annotations,
      @Nullable List<String> secrets,
      @Nullable List<String> configs,
      @Nullable List<String> volumes,
      @Nullable List<String> networks) {

    Policy.Grant grant() {
      Map<Right, List<String>> rights = new EnumMap<>(Right.class);
      for (Right right : Right.values()) {
        List<String> values =
            switch (right) {
              case PRIVILEGED -> flag(privileged);
              case HOST_NAMESPACES -> flag(hostNamespaces);
              case DOCKER_SOCKET -> flag(dockerSocket);
              case UNCONFINED -> flag(unconfined);
              case HOST_RESOURCES -> flag(hostResources);
              case DEVICES -> devices;
              case CAPABILITIES -> capabilities;
              case BINDS -> binds;
              case LOG_DRIVERS -> logDrivers;
              case RUNTIMES -> runtimes;
              case VOLUME_DRIVERS -> volumeDrivers;
              case NETWORK_OPTIONS -> networkOptions;
              case SYSCTLS -> sysctls;
              case ANNOTATIONS -> annotations;
              case SECRETS -> secrets;
              case CONFIGS -> configs;
              case VOLUMES -> volumes;
              case NETWORKS -> networks;
            };
        if (values != null) {
          rights.put(right, values);
        }
      }
      return new Policy.Grant(services == null ? List.of() : services, rights);
    }

    private static @Nullable List<String> flag(boolean granted) {
      return granted ? List.of("true") : null;
    }
  }
}
