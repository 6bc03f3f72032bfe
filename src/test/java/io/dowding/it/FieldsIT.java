package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.docker.EngineApi;
import io.dowding.docker.RealEngine;
import io.dowding.model.Allocation;
import io.dowding.model.Service;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Fields of a service, as a real engine has them")
class FieldsIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Fields of a service; where they are on a real engine; and what is there. */
  private static final List<String> ROWS =
      List.of(
          "'command':'echo a b'                | Config.Cmd                | ['echo','a','b']",
          "'command':[],'entrypoint':['sh']    | Config.Cmd                | []",
          "'entrypoint':['sh','-c']            | Config.Entrypoint         | ['sh','-c']",
          "'environment':['A=1']               | Config.Env                | ['A=1']",
          "'labels':{'a':'b'}                  | Config.Labels.a           | 'b'",
          "'user':'1000:1000'                  | Config.User               | '1000:1000'",
          "'working_dir':'/www'                | Config.WorkingDir         | '/www'",
          "'hostname':'db'                     | Config.Hostname           | 'db'",
          "'domainname':'example.org'          | Config.Domainname         | 'example.org'",
          "'mac_address':'02:42:AC:11:65:43'   | Config.MacAddress         | '02:42:ac:11:65:43'",
          "'stop_signal':'SIGQUIT'             | Config.StopSignal         | 'SIGQUIT'",
          "'stop_grace_period':'1m'            | Config.StopTimeout        | 60",
          "'tty':true                          | Config.Tty                | true",
          "'stdin_open':true                   | Config.OpenStdin          | true",
          "'expose':['8080','53/udp']          | Config.ExposedPorts       | {'53/udp':{},'8080/tcp':{}}",
          "'healthcheck':{'test':'true','interval':'5s','timeout':'2s','start_period':'1s','retries':2}"
              + " | Config.Healthcheck | {'Test':['CMD-SHELL','true'],'Interval':5000000000,"
              + "'Timeout':2000000000,'StartPeriod':1000000000,'Retries':2}",
          "'healthcheck':{'disable':true}      | Config.Healthcheck.Test   | ['NONE']",
          "'restart':'on-failure:3'            | HostConfig.RestartPolicy  | {'Name':'on-failure','MaximumRetryCount':3}",
          "'volumes':[{'type':'tmpfs','target':'/t','tmpfs':{'size':'1m','mode':'1770'}}]"
              + " | HostConfig.Mounts | [{'Type':'tmpfs','Target':'/t',"
              + "'TmpfsOptions':{'SizeBytes':1048576,'Mode':1016}}]",
          "'volumes':['/tmp:/t:ro,rslave'] | HostConfig.Mounts | [{'Type':'bind','Source':'/tmp',"
              + "'Target':'/t','ReadOnly':true,'BindOptions':{'Propagation':'rslave'}}]",
          "'volumes':['fields:/d:nocopy'] | HostConfig.Mounts | [{'Type':'volume','Source':'fields',"
              + "'Target':'/d','VolumeOptions':{'NoCopy':true}}]",
          "'volumes':['ram:/d'],'x-dowding':{'volumes':{'ram':{'driver_opts':{'type':'tmpfs','device':'tmpfs'}}}}"
              + " | HostConfig.Mounts | [{'Type':'volume','Source':'ram','Target':'/d','VolumeOptions':"
              + "{'DriverConfig':{'Name':'local','Options':{'device':'tmpfs','type':'tmpfs'}}}}]",
          "'deploy':{'restart_policy':{'condition':'on-failure','max_attempts':2}}"
              + " | HostConfig.RestartPolicy | {'Name':'on-failure','MaximumRetryCount':2}",
          "'deploy':{'restart_policy':{'max_attempts':3,'window':'9s'}}"
              + " | HostConfig.RestartPolicy | {'Name':'on-failure','MaximumRetryCount':3}",
          "'deploy':{'restart_policy':{'condition':'any','delay':'9s'}}"
              + " | HostConfig.RestartPolicy | {'Name':'no','MaximumRetryCount':0}",
          "'network_mode':'none'               | HostConfig.NetworkMode    | 'none'",
          "'ports':['127.0.0.1:7070:80/udp']   | HostConfig.PortBindings   | {'80/udp':[{'HostIp':'127.0.0.1','HostPort':'7070'}]}",
          "'privileged':true                   | HostConfig.Privileged     | true",
          "'read_only':true                    | HostConfig.ReadonlyRootfs | true",
          "'init':true                         | HostConfig.Init           | true",
          "'cap_add':['net_admin']             | HostConfig.CapAdd         | ['NET_ADMIN']",
          "'cap_drop':['CAP_CHOWN']            | HostConfig.CapDrop        | ['CHOWN']",
          "'security_opt':['no-new-privileges'] | HostConfig.SecurityOpt   | ['no-new-privileges']",
          "'group_add':['audio',1001]          | HostConfig.GroupAdd       | ['audio','1001']",
          "'userns_mode':'host'                | HostConfig.UsernsMode     | 'host'",
          "'ipc':'shareable'                   | HostConfig.IpcMode        | 'shareable'",
          "'pid':'host'                        | HostConfig.PidMode        | 'host'",
          "'uts':'host'                        | HostConfig.UTSMode        | 'host'",
          "'cgroup':'host'                     | HostConfig.CgroupnsMode   | 'host'",
          "'cgroup_parent':'dowding-test'      | HostConfig.CgroupParent   | 'dowding-test'",
          "'runtime':'runc'                    | HostConfig.Runtime        | 'runc'",
          "'isolation':'default'               | HostConfig.Isolation      | 'default'",
          "'sysctls':['net.core.somaxconn=99'] | HostConfig.Sysctls        | {'net.core.somaxconn':'99'}",
          "'logging':{'driver':'json-file','options':{'max-size':'1m'}} | HostConfig.LogConfig |"
              + " {'Type':'json-file','Config':{'max-size':'1m'}}",
          "'dns':'10.9.8.7'                    | HostConfig.Dns            | ['10.9.8.7']",
          "'dns_search':['a.org']              | HostConfig.DnsSearch      | ['a.org']",
          "'dns_opt':['ndots:2']               | HostConfig.DnsOptions     | ['ndots:2']",
          "'extra_hosts':{'db':'10.0.0.5'}     | HostConfig.ExtraHosts     | ['db:10.0.0.5']",
          "'tmpfs':['/run:size=1m','/x']       | HostConfig.Tmpfs          | {'/run':'size=1m','/x':''}",
          "'devices':['/dev/null:/dev/nil:r']  | HostConfig.Devices        |"
              + " [{'PathOnHost':'/dev/null','PathInContainer':'/dev/nil','CgroupPermissions':'r'}]",
          "'device_cgroup_rules':['c 1:3 r']   | HostConfig.DeviceCgroupRules | ['c 1:3 r']",
          "'ulimits':{'nofile':{'soft':10,'hard':20},'nproc':9} | HostConfig.Ulimits |"
              + " [{'Name':'nofile','Soft':10,'Hard':20},{'Name':'nproc','Soft':9,'Hard':9}]",
          "'cpus':0.5                          | HostConfig.NanoCpus       | 500000000",
          "'mem_limit':'64m','memswap_limit':'128m' | HostConfig.MemorySwap | 134217728",
          "'mem_limit':'64m'                   | HostConfig.Memory         | 67108864",
          "'mem_reservation':'32m'             | HostConfig.MemoryReservation | 33554432",
          "'pids_limit':99                     | HostConfig.PidsLimit      | 99",
          "'cpu_shares':99                     | HostConfig.CpuShares      | 99",
          "'cpu_period':'50ms','cpu_quota':25000 | HostConfig.CpuQuota     | 25000",
          "'cpu_period':'50ms','cpu_quota':25000 | HostConfig.CpuPeriod    | 50000",
          "'cpuset':'0'                        | HostConfig.CpusetCpus     | '0'",
          "'shm_size':'8m'                     | HostConfig.ShmSize        | 8388608",
          "'oom_score_adj':-5                  | HostConfig.OomScoreAdj    | -5",
          "'blkio_config':{'device_read_bps':[{'path':'/dev/null','rate':'1m'}]} |"
              + " HostConfig.BlkioDeviceReadBps | [{'Path':'/dev/null','Rate':1048576}]",
          "'gpus':'all'                        | HostConfig.DeviceRequests.0.Capabilities | [['gpu']]",
          "'volumes':['data:/data:ro']         | HostConfig.Mounts.0.ReadOnly | true");

  private static final String ALL_IS_ALLOWED =
      "{services: \"*\", privileged: true, hostNamespaces: true, devices: [\"*\"], capabilities: [ALL],"
          + " binds: [/], dockerSocket: true, unconfined: true}";

  static Stream<Arguments> rows() {
    return ROWS.stream()
        .map(row -> Stream.of(row.split("\\|", -1)).map(String::strip).toArray())
        .map(Arguments::of);
  }

  private final TestHost host = Testbed.shared().hosts().getFirst();
  private final EngineApi engine = RealEngine.at(host.endpoint());

  private static Service service(String fields) throws InvalidServiceException {
    String command = fields.contains("command") ? "" : "\"command\":[\"serve\"],";
    String json = "{\"image\":\"demo:1\"," + command + fields + "}";
    return ServiceReader.read("web", 1, json.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  @DisplayName("are read back from it as they were written")
  void readBack(String fields, String path, String expected) throws Exception {
    Service service = service(fields.replace('\'', '"'));
    assertThat(inspected(service, path.strip()))
        .isEqualTo(JSON.readTree(expected.replace('\'', '"')));
  }

  private JsonNode inspected(Service service, String path) throws IOException {
    Allocation record =
        new Allocation(
            "web.1", host.name(), "web", service.specHash(), 1, 1, Instant.EPOCH, "test", 1);
    String cluster = UUID.randomUUID().toString();
    String id = engine.create(cluster, "/fields", record, service.container());
    try {
      String url = host.endpoint().replace("tcp:", "http:") + "/containers/" + id + "/json";
      JsonNode at;
      try (InputStream answer = URI.create(url).toURL().openStream()) {
        at = JSON.readTree(answer);
      }
      for (String step : path.split("\\.", -1)) {
        at = step.matches("\\d+") ? at.path(Integer.parseInt(step)) : at.path(step);
      }
      return at;
    } finally {
      host.remove(id);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'annotations':{'a':'b'}                                     | HostConfig.Annotations needs",
        "'healthcheck':{'test':'true','start_interval':'1s'}         | Healthcheck.StartInterval needs",
      })
  @DisplayName("that this engine is too old for are refused by name, and not dropped")
  void tooOld(String fields, String message) throws Exception {
    Service service = service(fields.replace('\'', '"'));
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> inspected(service, "Id")))
        .hasMessageContaining(message);
  }

  @Test
  @DisplayName("make no container anew when the agent starts again, each of them")
  void stable() {
    List<String> fields =
        rows().map(row -> ((String) row.get()[0]).replace('\'', '"')).distinct().toList();
    try (TestCluster cluster = new TestCluster(3)) {
      cluster.allow(ALL_IS_ALLOWED);
      cluster.startAgent();
      for (int n = 0; n < fields.size(); n++) {
        String command = fields.get(n).contains("command") ? "" : "\"command\":[\"serve\"],";
        cluster.put("services/f" + n, "{\"image\":\"demo:1\"," + command + fields.get(n) + "}");
      }
      // Not all of them can run here; but each has its container.
      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> cluster.containers().size() == fields.size());
      Map<String, String> before = ids(cluster);
      cluster.stopAgent();
      cluster.startAgent();
      cluster.put("services/other", TestCluster.service());
      cluster.awaitRunning("other");
      Map<String, String> after = ids(cluster);
      after.remove("other.1");
      assertThat(after).isEqualTo(before);
    }
  }

  private static Map<String, String> ids(TestCluster cluster) {
    Map<String, String> ids = new TreeMap<>();
    cluster.containers().forEach((job, seen) -> ids.put(job, seen.id()));
    return ids;
  }
}
