package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import java.util.Set;

/**
 * Refuses values of a wrong kind in a service, as Compose does: a number or boolean where text is
 * required would be misread, as 0755 or no; a field without a value is a mistake.
 */
final class FieldKinds {

  private static final Set<String> MAPPINGS =
      Set.of(
          "annotations",
          "blkio_config.weight_device[]",
          "depends_on",
          "deploy",
          "deploy.placement",
          "deploy.resources",
          "deploy.restart_policy",
          "deploy.rollback_config",
          "deploy.update_config",
          "develop",
          "environment",
          "gpus[]",
          "labels",
          "logging.options",
          "networks",
          "storage_opt",
          "sysctls",
          "volumes[].bind",
          "volumes[].image",
          "volumes[].tmpfs",
          "volumes[].volume",
          "x-dowding");

  private static final Set<String> LISTS =
      Set.of("configs", "env_file", "links", "profiles", "secrets", "volumes", "volumes_from");

  private static final Set<String> TEXTS =
      Set.of(
          "cgroup",
          "cgroup_parent",
          "command[]",
          "configs[].gid",
          "configs[].target",
          "configs[].uid",
          "container_name",
          "cpuset",
          "deploy.endpoint_mode",
          "deploy.resources.limits.memory",
          "deploy.resources.reservations.memory",
          "deploy.restart_policy.delay",
          "deploy.restart_policy.window",
          "deploy.rollback_config.delay",
          "deploy.rollback_config.monitor",
          "deploy.update_config.delay",
          "deploy.update_config.monitor",
          "dns",
          "dns[]",
          "dns_opt[]",
          "dns_search",
          "dns_search[]",
          "domainname",
          "entrypoint[]",
          "env_file[].format",
          "extra_hosts.*",
          "healthcheck.interval",
          "healthcheck.start_interval",
          "healthcheck.start_period",
          "healthcheck.test",
          "healthcheck.timeout",
          "hostname",
          "image",
          "ipc",
          "isolation",
          "logging.driver",
          "mac_address",
          "network_mode",
          "networks.*.aliases[]",
          "pid",
          "platform",
          "ports[].app_protocol",
          "ports[].host_ip",
          "ports[].mode",
          "ports[].name",
          "ports[].protocol",
          "post_start[].command[]",
          "post_start[].user",
          "pre_stop[].command[]",
          "pre_stop[].user",
          "profiles[]",
          "pull_policy",
          "restart",
          "runtime",
          "secrets[].gid",
          "secrets[].target",
          "secrets[].uid",
          "security_opt[]",
          "stop_grace_period",
          "stop_signal",
          "user",
          "userns_mode",
          "uts",
          "volumes[].bind.selinux",
          "volumes[].consistency",
          "volumes[].source",
          "volumes[].target",
          "volumes[].volume.subpath",
          "working_dir");

  /** In these, each name may stand without a value. */
  private static final Set<String> NAMES =
      Set.of(
          "annotations",
          "deploy.labels",
          "environment",
          "extra_hosts",
          "labels",
          "logging.options",
          "networks",
          "post_start[].environment",
          "pre_stop[].environment",
          "storage_opt",
          "sysctls",
          "volumes[].volume.labels");

  private static final Set<String> MAY_BE_EMPTY =
      Set.of(
          "command",
          "deploy",
          "develop",
          "entrypoint",
          "post_start[].command",
          "pre_stop[].command");

  private FieldKinds() {}

  static void check(Mapping service) {
    service
        .entries()
        .forEach(
            (field, value) -> {
              boolean isForOthers = field.startsWith("x-") && !field.equals("x-dowding");
              // Nothing is built here, so nothing of it is misread.
              if (!isForOthers && !field.equals("build")) {
                check(field, field, value);
              }
            });
  }

  /**
   * @param kind the path, with names that users choose replaced by *
   */
  private static void check(String path, String kind, Yaml value) {
    if (Merger.isNull(value)) {
      boolean named = kind.endsWith("*") && !kind.equals("extra_hosts.*");
      if (!named && !MAY_BE_EMPTY.contains(kind)) {
        throw new FileProblem(value.at(), path + " has no value; give it one, or remove it");
      }
      return;
    }
    if (MAPPINGS.contains(kind) && !(value instanceof Mapping)) {
      throw new FileProblem(value.at(), path + " is not a mapping");
    }
    if (LISTS.contains(kind) && !(value instanceof Items)) {
      throw new FileProblem(value.at(), path + " is not a list");
    }
    if (TEXTS.contains(kind)
        && value instanceof Scalar scalar
        && !(scalar.value() instanceof String)) {
      throw new FileProblem(value.at(), path + " is not text; put it in quotes");
    }
    if (value instanceof Mapping all) {
      boolean named = NAMES.contains(kind);
      all.entries()
          .forEach(
              (name, inside) -> {
                if (named || !name.startsWith("x-")) {
                  check(path + "." + name, kind + "." + (named ? "*" : name), inside);
                }
              });
    } else if (value instanceof Items all) {
      all.items().forEach(item -> check(path + "[]", kind + "[]", item));
    }
  }
}
