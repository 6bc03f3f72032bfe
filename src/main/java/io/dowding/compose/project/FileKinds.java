package io.dowding.compose.project;

import static io.dowding.compose.project.Kind.DATE;
import static io.dowding.compose.project.Kind.DURATION;
import static io.dowding.compose.project.Kind.FLAG;
import static io.dowding.compose.project.Kind.INTEGER;
import static io.dowding.compose.project.Kind.NUMBER;
import static io.dowding.compose.project.Kind.SCALAR;
import static io.dowding.compose.project.Kind.SIZE;
import static io.dowding.compose.project.Kind.SIZE_AS_TEXT;
import static io.dowding.compose.project.Kind.TEXT;
import static io.dowding.compose.project.Kind.either;
import static io.dowding.compose.project.Kind.fields;
import static io.dowding.compose.project.Kind.list;
import static io.dowding.compose.project.Kind.named;
import static io.dowding.compose.project.Kind.orNothing;
import static io.dowding.compose.project.Kind.unique;
import static io.dowding.compose.project.Kind.words;

import io.dowding.compose.project.Kind.Fields;
import io.dowding.compose.project.Kind.Listed;

/**
 * The kinds of all values in a Compose file, as Compose's own schema defines them, with the fields
 * of its newest version. A number or boolean where text is required would be misread, as 0755 or
 * no; a field without a value is a mistake.
 */
final class FileKinds {

  private static final Listed TEXTS = list(TEXT);
  private static final Kind TEXT_OR_TEXTS = either(TEXT, TEXTS);

  /** A mapping, or a list of {@code name=value}. */
  private static final Kind PAIRS = either(named(orNothing(SCALAR)), TEXTS);

  /** A build is ignored, so the same host twice does no harm. */
  private static final Kind BUILD_HOSTS = either(named(TEXT_OR_TEXTS), TEXTS);

  private static final Kind HOSTS = either(named(TEXT_OR_TEXTS), unique(TEXT));
  private static final Kind OPTION = either(TEXT, NUMBER, DATE);
  private static final Kind OPTIONS = named(OPTION);
  private static final Kind COMMAND = orNothing(TEXT_OR_TEXTS);
  private static final Kind NAMES = new Listed("a list of names", TEXT, false);

  private static final Kind ULIMITS =
      named(either(INTEGER, fields("soft hard", INTEGER).needing("soft", "hard")));

  private static final Kind HOOK =
      fields(
          "command", COMMAND,
          "image user working_dir", TEXT,
          "per_replica privileged", FLAG,
          "environment", PAIRS);

  private static final Kind CONTENTS =
      list(either(TEXT, fields("source target uid gid", TEXT, "mode", NUMBER)));

  private static final Kind BUILD =
      either(
          TEXT,
          fields(
              "context dockerfile dockerfile_inline network target isolation", TEXT,
              "args ssh labels additional_contexts", PAIRS,
              "cache_from cache_to entitlements tags platforms", TEXTS,
              "no_cache pull privileged provenance sbom", either(FLAG, TEXT),
              "shm_size", SIZE,
              "extra_hosts", BUILD_HOSTS,
              "secrets", CONTENTS,
              "ulimits", ULIMITS));

  private static final Kind DEVICES =
      list(
          fields(
              "capabilities device_ids",
              unique(TEXT),
              "count",
              either(INTEGER, words("all")),
              "driver",
              TEXT,
              "options",
              PAIRS));

  private static final Fields UPDATE =
      fields(
          "parallelism", INTEGER,
          "delay monitor", DURATION,
          "failure_action", TEXT,
          "max_failure_ratio", NUMBER,
          "order", words("stop-first", "start-first"));

  private static final Kind DEPLOY =
      fields(
          "mode endpoint_mode",
          TEXT,
          "replicas",
          INTEGER,
          "labels",
          PAIRS,
          "update_config rollback_config",
          UPDATE,
          "restart_policy",
          fields("condition", TEXT, "delay window", DURATION, "max_attempts", INTEGER),
          "placement",
          fields(
              "constraints", TEXTS,
              "preferences", list(fields("spread", TEXT)),
              "max_replicas_per_node", INTEGER),
          "resources",
          fields(
              "limits",
              fields("cpus", NUMBER, "memory", SIZE_AS_TEXT, "pids", INTEGER),
              "reservations",
              fields(
                  "cpus", NUMBER,
                  "memory", SIZE_AS_TEXT,
                  "generic_resources",
                      list(fields("discrete_resource_spec", fields("kind", TEXT, "value", NUMBER))),
                  "devices", DEVICES)));

  private static final Kind NETWORK_OF_SERVICE =
      fields(
          "aliases link_local_ips", NAMES,
          "interface_name ipv4_address ipv6_address mac_address", TEXT,
          "driver_opts", OPTIONS,
          "priority gw_priority", NUMBER);

  private static final Kind VOLUME_OF_SERVICE =
      either(
          TEXT,
          fields(
                  "type source target consistency", TEXT,
                  "read_only", FLAG,
                  "bind",
                      fields(
                          "propagation",
                          TEXT,
                          "create_host_path",
                          FLAG,
                          "recursive",
                          words("enabled", "disabled", "writable", "readonly"),
                          "selinux",
                          words("z", "Z")),
                  "volume", fields("nocopy", FLAG, "subpath", TEXT, "labels", PAIRS),
                  "tmpfs", fields("size", SIZE, "mode", NUMBER),
                  "image", fields("subpath", TEXT))
              .needing("type"));

  private static final Kind PORT =
      either(
          TEXT,
          NUMBER,
          fields(
              "name mode host_ip protocol app_protocol", TEXT,
              "target", INTEGER,
              "published", either(TEXT, INTEGER)));

  private static final Kind BLKIO =
      fields(
          "weight",
          INTEGER,
          "weight_device",
          list(fields("path", TEXT, "weight", INTEGER)),
          "device_read_bps device_read_iops device_write_bps device_write_iops",
          // The output of docker compose config has capitals here.
          list(fields("path Path", TEXT, "rate Rate", SIZE)));

  private static final Kind SERVICE =
      fields(
          "annotations environment labels sysctls",
          PAIRS,
          "attach init oom_kill_disable privileged read_only stdin_open tty use_api_socket",
          FLAG,
          "build",
          BUILD,
          "blkio_config",
          BLKIO,
          "cap_add cap_drop device_cgroup_rules dns_opt external_links links profiles volumes_from",
          TEXTS,
          "expose",
          list(either(TEXT, NUMBER)),
          "group_add",
          unique(either(TEXT, NUMBER)),
          "security_opt",
          unique(TEXT),
          "cgroup",
          words("host", "private"),
          "cgroup_parent container_name cpuset domainname hostname image ipc isolation mac_address"
              + " network_mode pid platform pull_policy restart runtime stop_signal user userns_mode"
              + " uts working_dir",
          TEXT,
          "command entrypoint",
          COMMAND,
          "configs secrets",
          CONTENTS,
          "cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus"
              + " mem_swappiness oom_score_adj pids_limit scale",
          NUMBER,
          "mem_limit mem_reservation memswap_limit shm_size",
          SIZE,
          "credential_spec",
          fields("config file registry", TEXT),
          "depends_on",
          either(
              unique(TEXT),
              named(
                  fields(
                          "condition",
                          words(
                              "service_started",
                              "service_healthy",
                              "service_completed_successfully"),
                          "restart required",
                          FLAG)
                      .needing("condition"))),
          "deploy",
          orNothing(DEPLOY),
          "develop",
          orNothing(
              fields(
                  "watch",
                  list(
                      fields(
                              "path action target", TEXT,
                              "ignore include", TEXTS,
                              "initial_sync", FLAG,
                              "exec", HOOK)
                          .needing("path", "action")))),
          "devices",
          list(either(TEXT, fields("source target permissions", TEXT).needing("source", "target"))),
          "dns dns_search label_file tmpfs",
          TEXT_OR_TEXTS,
          "env_file",
          either(
              TEXT,
              list(
                  either(
                      TEXT,
                      fields("path", TEXT, "format", words("raw", ""), "required", FLAG)
                          .needing("path")))),
          "extra_hosts",
          HOSTS,
          "gpus",
          either(words("all"), DEVICES),
          "healthcheck",
          fields(
              "disable", FLAG,
              "test", TEXT_OR_TEXTS,
              "interval timeout start_period start_interval", DURATION,
              "retries", NUMBER),
          "logging",
          fields("driver", TEXT, "options", named(orNothing(OPTION))),
          "networks",
          either(unique(TEXT), named(orNothing(NETWORK_OF_SERVICE))),
          "ports",
          list(PORT),
          "post_start pre_start pre_stop",
          list(HOOK),
          "storage_opt",
          named(orNothing(SCALAR)),
          "stop_grace_period",
          DURATION,
          "ulimits",
          ULIMITS,
          "volumes",
          list(VOLUME_OF_SERVICE));

  private static final Kind EXTERNAL = either(FLAG, fields("name", TEXT));

  private static final Kind NETWORK =
      fields(
          "name driver", TEXT,
          "driver_opts", OPTIONS,
          "external", EXTERNAL,
          "attachable enable_ipv4 enable_ipv6 internal", FLAG,
          "labels", PAIRS,
          "ipam",
              fields(
                  "driver", TEXT,
                  "options", named(either(TEXT, DATE)),
                  "config",
                      list(fields("subnet ip_range gateway", TEXT, "aux_addresses", named(TEXT)))));

  private static final Kind VOLUME =
      fields("name driver", TEXT, "driver_opts", OPTIONS, "external", EXTERNAL, "labels", PAIRS);

  private static final Kind CONFIG =
      fields(
          "name content environment file template_driver", TEXT,
          "external", EXTERNAL,
          "labels", PAIRS);

  private static final Kind SECRET =
      fields(
          "name environment file driver template_driver", TEXT,
          "driver_opts", OPTIONS,
          "external", EXTERNAL,
          "labels", PAIRS);

  static final Fields FILE =
      fields(
          "name version", either(TEXT, DATE),
          "services", named(SERVICE),
          "networks", named(orNothing(NETWORK)),
          "volumes", named(orNothing(VOLUME)),
          "configs", named(CONFIG),
          "secrets", named(SECRET));

  private FileKinds() {}
}
