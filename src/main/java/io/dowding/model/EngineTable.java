package io.dowding.model;

import static io.dowding.model.EngineRules.FREE;

import io.dowding.model.EngineRules.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Every field that dowding may send to a Docker Engine, by request and path in its body, and what
 * its value needs: nothing, or a grant of the policy. A field that is not listed is not sent.
 * {@code []} stands for every element of a list, {@code *} for any key.
 */
public final class EngineTable {

  /** The requests that have a body. */
  public enum Call {
    /** {@code POST /containers/create}, its query included. */
    CREATE,
    /** {@code POST /containers/<id>/update}. */
    UPDATE,
    /** {@code POST /networks/create}. */
    NETWORK,
    /** {@code POST /networks/<name>/connect}. */
    CONNECT,
    /** {@code POST /containers/<id>/exec}. */
    EXEC,
    /** {@code POST /exec/<id>/start}. */
    RUN
  }

  private static final Map<String, Rule> TABLE = new TreeMap<>();
  private static final Set<String> INNER = new HashSet<>();

  static {
    create();
    host();
    others();
    TABLE.keySet().forEach(EngineTable::inner);
  }

  private EngineTable() {}

  private static void create() {
    free(
        "CREATE.",
        "?name ?platform Image Cmd[] Entrypoint[] Env[] User WorkingDir Hostname Domainname",
        "MacAddress Tty OpenStdin StopSignal StopTimeout Labels.* ExposedPorts.*",
        "Healthcheck.Test[] Healthcheck.Interval Healthcheck.Timeout Healthcheck.StartPeriod",
        "Healthcheck.StartInterval Healthcheck.Retries",
        "NetworkingConfig.EndpointsConfig.*.Aliases[]",
        "NetworkingConfig.EndpointsConfig.*.IPAMConfig.IPv4Address",
        "NetworkingConfig.EndpointsConfig.*.IPAMConfig.IPv6Address",
        // docker-java always sends it, empty; nothing may be below it.
        "Volumes");
    rule("CREATE.NetworkingConfig.EndpointsConfig", EngineRules::endpoints);
  }

  private static void host() {
    free(
        "CREATE.HostConfig.",
        // Its own shares and limits, which can only restrict it.
        "NanoCpus CpuShares CpuPeriod CpuQuota CpusetCpus Memory MemoryReservation MemorySwap",
        "MemorySwappiness PidsLimit ShmSize BlkioWeight StorageOpt.size",
        "BlkioWeightDevice[].Path BlkioWeightDevice[].Weight",
        "BlkioDeviceReadBps[].Path BlkioDeviceReadBps[].Rate",
        "BlkioDeviceWriteBps[].Path BlkioDeviceWriteBps[].Rate",
        "BlkioDeviceReadIOps[].Path BlkioDeviceReadIOps[].Rate",
        "BlkioDeviceWriteIOps[].Path BlkioDeviceWriteIOps[].Rate",
        "RestartPolicy.Name RestartPolicy.MaximumRetryCount",
        "ReadonlyRootfs Init CapDrop[] Isolation",
        // It could have the group through its user as well, which needs no grant.
        "GroupAdd[]",
        "Dns[] DnsOptions[] DnsSearch[] ExtraHosts[]",
        "PortBindings.*[].HostIp PortBindings.*[].HostPort",
        // Checked by the mounts of those containers: see Policy.mountRefusals.
        "VolumesFrom[]");
    rule("CREATE.HostConfig.Privileged", EngineRules.flag(Right.PRIVILEGED, "privileged"));
    rule("CREATE.HostConfig.CapAdd[]", EngineRules::capability);
    rule("CREATE.HostConfig.SecurityOpt[]", EngineRules::securityOption);
    rule("CREATE.HostConfig.NetworkMode", EngineRules::network);
    rule("CREATE.HostConfig.IpcMode", EngineRules.namespace("ipc", "none private shareable"));
    rule("CREATE.HostConfig.PidMode", EngineRules.namespace("pid", ""));
    rule("CREATE.HostConfig.UTSMode", EngineRules.namespace("uts", ""));
    rule("CREATE.HostConfig.UsernsMode", EngineRules.namespace("userns_mode", ""));
    rule("CREATE.HostConfig.CgroupnsMode", EngineRules.namespace("cgroup", "private"));
    each(
        "CREATE.HostConfig.Devices[]",
        EngineRules::device,
        "PathOnHost PathInContainer CgroupPermissions");
    each(
        "CREATE.HostConfig.DeviceRequests[]",
        EngineRules::anyDevice,
        "Driver Count DeviceIDs[] Capabilities[][] Options.*");
    rule("CREATE.HostConfig.DeviceCgroupRules[]", EngineRules::anyDevice);
    each("CREATE.HostConfig.LogConfig", EngineRules::log, "Type Config Config.*");
    each(
        "CREATE.HostConfig.Mounts[]",
        EngineRules::mount,
        "Type Source Target ReadOnly BindOptions.Propagation BindOptions.NonRecursive"
            + " BindOptions.ReadOnlyNonRecursive BindOptions.ReadOnlyForceRecursive"
            + " ImageOptions.Subpath VolumeOptions.Subpath VolumeOptions.NoCopy"
            + " VolumeOptions.DriverConfig.Name VolumeOptions.DriverConfig.Options.*"
            + " TmpfsOptions.SizeBytes TmpfsOptions.Mode");
    each("CREATE.HostConfig.Tmpfs", EngineRules::tmpfs, "*");
    each("CREATE.HostConfig.Sysctls", EngineRules::sysctls, "*");
    each("CREATE.HostConfig.Annotations", EngineRules::annotations, "*");
    each("CREATE.HostConfig.Ulimits[]", EngineRules::ulimit, "Name Soft Hard");
    rule("CREATE.HostConfig.Runtime", EngineRules.named(Right.RUNTIMES, "the runtime"));
    rule("CREATE.HostConfig.OomScoreAdj", EngineRules::oomScore);
    Map.of(
            "CgroupParent", "cgroup_parent",
            "OomKillDisable", "oom_kill_disable",
            "CpuRealtimePeriod", "cpu_rt_period",
            "CpuRealtimeRuntime", "cpu_rt_runtime")
        .forEach(
            (field, what) ->
                rule("CREATE.HostConfig." + field, EngineRules.flag(Right.HOST_RESOURCES, what)));
  }

  private static void others() {
    free("UPDATE.", "RestartPolicy.Name RestartPolicy.MaximumRetryCount");
    free("NETWORK.", "Name CheckDuplicate Internal Labels.*");
    rule("NETWORK.Driver", EngineRules::networkDriver);
    each("NETWORK.Options", EngineRules::networkOptions, "*");
    free("NETWORK.", "EnableIPv6");
    each(
        "NETWORK.IPAM",
        EngineRules::networkAddresses,
        "Driver Config[].Subnet Config[].Gateway Config[].IPRange Config[].AuxiliaryAddresses.*");
    free(
        "CONNECT.",
        "Container containerConfig.Aliases[] EndpointConfig.Aliases[]",
        "EndpointConfig.IPAMConfig.IPv4Address EndpointConfig.IPAMConfig.IPv6Address");
    free(
        "EXEC.",
        "containerId AttachStdin AttachStdout AttachStderr Tty Cmd[] Env[] User WorkingDir");
    free("RUN.", "Detach Tty");
    rule("EXEC.Privileged", EngineRules.flag(Right.PRIVILEGED, "a privileged command"));
  }

  private static void free(String prefix, String... fields) {
    for (String field : String.join(" ", fields).split(" ", -1)) {
      rule(prefix + field, FREE);
    }
  }

  private static void each(String path, Rule rule, String fields) {
    rule(path, rule);
    free(path + ".", fields);
  }

  private static void rule(String path, Rule rule) {
    TABLE.put(path, rule);
  }

  private static void inner(String path) {
    for (int end = path.length(); end > 0; end = end(path, end)) {
      INNER.add(path.substring(0, end));
    }
  }

  /** Where the previous step of the path begins. */
  private static int end(String path, int end) {
    String shorter = path.substring(0, end);
    return shorter.endsWith("[]") ? end - 2 : shorter.lastIndexOf('.');
  }

  /**
   * What the fields of a request need.
   *
   * @param body as parsed from JSON: maps, lists, texts, numbers, booleans and nulls
   */
  public static List<Finding> findings(Call call, Map<?, ?> body) {
    List<Finding> findings = new ArrayList<>();
    body.forEach((field, value) -> walk(call + "." + field, value, findings::add));
    return findings;
  }

  private static void walk(String path, @Nullable Object value, Consumer<Finding> found) {
    if (value == null) {
      return;
    }
    Rule rule = TABLE.get(path);
    if (rule != null) {
      rule.judge(value, found);
    } else if (!INNER.contains(path)) {
      found.accept(new Finding.Never(path.substring(path.indexOf('.') + 1)));
      return;
    }
    switch (value) {
      case Map<?, ?> map ->
          map.forEach((key, inner) -> walk(step(path, String.valueOf(key)), inner, found));
      case List<?> list -> list.forEach(inner -> walk(path + "[]", inner, found));
      default -> {
        if (rule == null) {
          found.accept(new Finding.Never(path.substring(path.indexOf('.') + 1)));
        }
      }
    }
  }

  private static String step(String path, String key) {
    return INNER.contains(path + ".*") ? path + ".*" : path + "." + key;
  }
}
