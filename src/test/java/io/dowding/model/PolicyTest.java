package io.dowding.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The policy")
class PolicyTest {

  private static final Policy GENEROUS =
      granting(
          "db*",
          Map.ofEntries(
              Map.entry(Right.PRIVILEGED, List.of("true")),
              Map.entry(Right.HOST_NAMESPACES, List.of("true")),
              Map.entry(Right.DOCKER_SOCKET, List.of("true")),
              Map.entry(Right.UNCONFINED, List.of("true")),
              Map.entry(Right.HOST_RESOURCES, List.of("true")),
              Map.entry(Right.DEVICES, List.of("/dev/fuse")),
              Map.entry(Right.CAPABILITIES, List.of("NET_ADMIN")),
              Map.entry(Right.BINDS, List.of("/srv/x")),
              Map.entry(Right.LOG_DRIVERS, List.of("syslog")),
              Map.entry(Right.RUNTIMES, List.of("kata")),
              Map.entry(Right.VOLUME_DRIVERS, List.of("rexray", "local:nfs")),
              Map.entry(Right.NETWORK_OPTIONS, List.of("com.docker.network.bridge.name", "ipam")),
              Map.entry(Right.SYSCTLS, List.of("vm.*")),
              Map.entry(Right.ANNOTATIONS, List.of("org.example.*"))));

  private static Policy granting(String services, Map<Right, List<String>> rights) {
    return new Policy(List.of(new Policy.Grant(List.of(services), rights)), List.of());
  }

  private static List<String> refusals(Policy policy, String name, String fields)
      throws InvalidServiceException {
    String json = "{\"image\":\"nginx\"" + (fields.isEmpty() ? "" : ",") + fields + "}";
    Service service =
        ServiceReader.read(name, 1, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    return policy.refusals(name, service.container());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'privileged':true                    | privileged: true",
        "'post_start':[{'command':'a','privileged':true}] | privileged: true",
        "'pre_start':[{'command':'a','privileged':true}] | privileged: true",
        "'pid':'host'                         | hostNamespaces: true",
        "'ipc':'host'                         | hostNamespaces: true",
        "'uts':'host'                         | hostNamespaces: true",
        "'userns_mode':'host'                 | hostNamespaces: true",
        "'cgroup':'host'                      | hostNamespaces: true",
        "'network_mode':'host'                | hostNamespaces: true",
        "'devices':['/dev/fuse']              | devices: [/dev/fuse]",
        "'cap_add':['CAP_NET_ADMIN']          | capabilities: [NET_ADMIN]",
        "'volumes':['/srv/x:/x:ro']           | binds: [/srv/x]",
        "'volumes':['/srv/../srv//x/:/x']     | binds: [/srv/x]",
        "'volumes':['/var/run/docker.sock:/s'] | dockerSocket: true",
        "'volumes':['/run//docker.sock:/s']   | dockerSocket: true",
        "'security_opt':['seccomp:unconfined'] | unconfined: true",
        "'security_opt':['seccomp={}']        | unconfined: true",
        "'security_opt':['label:disable']     | unconfined: true",
        "'security_opt':['label=type:spc_t']  | unconfined: true",
        "'security_opt':['label=level:s0']    | unconfined: true",
        "'security_opt':['apparmor=mine']     | unconfined: true",
        "'security_opt':['systempaths=unconfined'] | unconfined: true",
        "'security_opt':['no-new-privileges=false'] | unconfined: true",
        "'security_opt':['no-new-privileges:false'] | unconfined: true",
        "'security_opt':['writable-cgroups=true'] | unconfined: true",
        "'logging':{'driver':'syslog','options':{'syslog-address':'unix:///dev/log'}} | logDrivers:"
            + " [syslog]",
        "'runtime':'kata'                     | runtimes: [kata]",
        "'cgroup_parent':'/system.slice'      | hostResources: true",
        "'oom_score_adj':-1                   | hostResources: true",
        "'oom_kill_disable':true              | hostResources: true",
        "'cpu_rt_runtime':95000               | hostResources: true",
        "'cpu_rt_period':'1s'                 | hostResources: true",
        "'ulimits':{'rtprio':99}              | hostResources: true",
        "'sysctls':{'vm.swappiness':'1'}      | sysctls: [vm.swappiness]",
        "'annotations':{'org.example.a':'b'}  | annotations: [org.example.a]",
        "'volumes':['a:/a'],'x-dowding':{'volumes':{'a':{'driver':'rexray'}}} | volumeDrivers:"
            + " [rexray]",
        "'volumes':['a:/a'],'x-dowding':{'volumes':{'a':{'driver_opts':{'type':'none','o':'bind','device':'/srv/x/'}}}}"
            + " | binds: [/srv/x]",
        "'volumes':['a:/a'],'x-dowding':{'volumes':{'a':{'driver_opts':{'type':'tmpfs','o':'size=1,rbind','device':'/srv/x'}}}}"
            + " | binds: [/srv/x]",
        "'volumes':['a:/a'],'x-dowding':{'volumes':{'a':{'driver_opts':{'type':'none','o':'bind','device':'/run/docker.sock'}}}}"
            + " | dockerSocket: true",
        "'volumes':['a:/a'],'x-dowding':{'volumes':{'a':{'driver_opts':{'type':'nfs','o':'addr=h','device':':/x'}}}}"
            + " | volumeDrivers: [\"local:nfs\"]",
        "'networks':['a'],'x-dowding':{'networks':{'a':{'ipam':{'config':[{'subnet':'172.28.0.0/16','gateway':'172.28.0.1'}]}}}}"
            + " | networkOptions: [ipam]",
        "'networks':['a'],'x-dowding':{'networks':{'a':{'driver_opts':{'com.docker.network.bridge.name':'br0'}}}}"
            + " | networkOptions: [com.docker.network.bridge.name]",
      })
  @DisplayName(
      "refuses access to the host, names the setting that allows it, and obeys that setting")
  void host(String fields, String setting) throws InvalidServiceException {
    assertThat(refusals(Policy.STRICT, "db1", fields))
        .singleElement()
        .asString()
        .contains(" needs policy.allow: {services: db1, " + setting + "}");
    assertThat(refusals(GENEROUS, "db1", fields)).isEmpty();
    assertThat(refusals(GENEROUS, "web", fields)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'security_opt':['no-new-privileges']",
        "'security_opt':['no-new-privileges:true','apparmor=docker-default','seccomp=builtin']",
        "'logging':{'driver':'json-file','options':{'max-size':'1m','tag':'x'}}",
        "'logging':{'driver':'journald'}",
        "'logging':{'driver':'none'}",
        "'logging':{'options':{'max-file':'3'}}",
        "'sysctls':{'net.core.somaxconn':'99','kernel.shmmax':'1','fs.mqueue.msg_max':'1'}",
        "'oom_score_adj':500",
        "'group_add':['999']",
        "'ulimits':{'nofile':9,'memlock':-1}",
        "'storage_opt':{'size':'1g'}",
        "'tmpfs':'/run:size=1m,mode=1777,exec'",
        "'volumes':['a:/a'],'x-dowding':{'volumes':{'a':{}}}",
        "'volumes':['a:/a'],'x-dowding':{'volumes':{'a':{'driver':'local','driver_opts':{'type':'tmpfs','device':'tmpfs','o':'size=1m,uid=5'}}}}",
        "'networks':{'a':{'ipv4_address':'172.28.0.9'}},'x-dowding':{'networks':{'a':{'enable_ipv6':true,'internal':true,'driver_opts':{'com.docker.network.driver.mtu':'1400'}}}}",
        "'volumes':['a:/a','/b',{'type':'tmpfs','target':'/t'}],'networks':['a','b'],'secrets':['s'],'configs':['c']",
        "'cap_drop':['ALL'],'ipc':'shareable','cgroup':'private','network_mode':'none'",
      })
  @DisplayName("allows fields that give no access to the host")
  void free(String fields) throws InvalidServiceException {
    assertThat(refusals(Policy.STRICT, "db1", fields)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'volumes':['/srv/../etc:/x']         | the bind of /etc",
        "'volumes':['/srv/xother:/x']         | the bind of /srv/xother",
        "'volumes':['/srv/x/below:/x']        | the bind of /srv/x/below",
        "'volumes':['/srv:/x']                | the bind of /srv",
        "'volumes':['/:/x']                   | the bind of /",
        "'devices':['/dev/sda']               | the device /dev/sda",
        "'devices':['/dev/fuse/../sda']       | the device /dev/fuse/../sda",
        "'gpus':'all'                         | a device",
        "'device_cgroup_rules':['c 1:3 r']    | a device",
        "'cap_add':['SYS_ADMIN']              | the capability SYS_ADMIN",
        "'sysctls':{'kernel.core_pattern':'x'} | the sysctl kernel.core_pattern",
        "'sysctls':{'kernel/core_pattern':'x'} | the sysctl kernel.core_pattern",
        "'runtime':'runc'                     | the runtime runc",
        "'logging':{'driver':'gelf'}          | the log driver gelf",
        "'volumes':['a:/a'],'x-dowding':{'volumes':{'a':{'driver_opts':{'type':'none','o':'bind','device':'/'}}}}"
            + " | the bind of /",
        "'volumes':['a:/a'],'x-dowding':{'volumes':{'a':{'driver_opts':{'type':'ext4','device':'/dev/sda'}}}}"
            + " | a volume with driver_opts of the type",
        "'volumes':['a:/a'],'x-dowding':{'volumes':{'a':{'driver_opts':{'type':'overlay','o':'lowerdir=/','device':'overlay'}}}}"
            + " | a volume with driver_opts of the type",
        "'volumes':['a:/a'],'x-dowding':{'volumes':{'a':{'driver_opts':{'type':'tmpfs','o':'remount'}}}}"
            + " | a volume with driver_opts of the type",
      })
  @DisplayName("grants no more than is written")
  void more(String fields, String what) throws InvalidServiceException {
    assertThat(refusals(GENEROUS, "db1", fields)).anyMatch(refusal -> refusal.startsWith(what));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'sysctls':{'net/../kernel/core_pattern':'x'}",
        "'sysctls':{'net..kernel.core_pattern':'x'}",
        "'tmpfs':'/x:bind'",
        "'logging':{'driver':'json-file','options':{'path':'/etc/x'}}",
        "'storage_opt':{'dm.thinpooldev':'/dev/sda'}",
      })
  @DisplayName("cannot grant fields that no service needs")
  void never(String fields) throws InvalidServiceException {
    assertThat(refusals(GENEROUS, "db1", fields))
        .singleElement()
        .asString()
        .contains("is never allowed");
  }

  @ParameterizedTest(name = "{0} for {1}: {2}")
  @CsvSource({
    "/srv/data, /srv/data, true",
    "/srv/data/, /srv/data, true",
    "/srv//./data, /srv/data, true",
    "/srv/data, /srv/data/below, false",
    "/srv/data/**, /srv/data, true",
    "/srv/data/**, /srv/data/below/deep, true",
    "/srv/data/**, /srv/database, false",
    "/srv/data/**, /srv/data/../etc, false",
    "/srv/**, /srv/../etc, false",
    "/, /, true",
    "/, /etc, false",
    "/**, /etc, true",
  })
  @DisplayName("grants only a directory, or with /** everything inside it")
  void binds(String granted, String path, boolean covered) throws InvalidServiceException {
    Policy policy =
        granting("*", Map.of(Right.BINDS, List.of(granted), Right.DOCKER_SOCKET, List.of("true")));
    assertThat(refusals(policy, "x", "'volumes':['" + path + ":/x']").isEmpty()).isEqualTo(covered);
  }

  @Test
  @DisplayName("treats a directory with Docker's socket like the socket")
  void socketInside() throws InvalidServiceException {
    Policy policy = granting("*", Map.of(Right.BINDS, List.of("/**")));
    assertThat(refusals(policy, "x", "'volumes':['/run:/x']"))
        .singleElement()
        .asString()
        .contains("dockerSocket: true");
    assertThat(refusals(policy, "x", "'volumes':['/srv:/x']")).isEmpty();
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SECRETS  | 'secrets':['db_a']                  | the secret db_a",
        "CONFIGS  | 'configs':['db_a']                  | the config db_a",
        "VOLUMES  | 'volumes':['db_a:/x']               | the volume db_a",
        "NETWORKS | 'networks':['db_a']                 | the network db_a",
      })
  @DisplayName(
      "allows all secrets, configs, volumes and networks until a grant names one of that kind")
  void ofTheServices(Right right, String fields, String what) throws InvalidServiceException {
    Policy policy = granting("db*", Map.of(right, List.of("db_*", "other")));
    assertThat(refusals(Policy.STRICT, "web", fields)).isEmpty();
    assertThat(refusals(policy, "db1", fields)).isEmpty();
    assertThat(refusals(policy, "web", fields))
        .containsExactly(
            what + " needs policy.allow: {services: web, " + right.word() + ": [db_a]}");
    assertThat(refusals(policy, "db1", fields.replace("db_a", "b_a"))).hasSize(1);
    assertThat(
            refusals(
                policy, "web", "'secrets':['a'],'x-dowding':{'secrets':{'a':{'content':'x'}}}"))
        .isEmpty();
  }

  @Test
  @DisplayName("treats another service's namespace like its networks")
  void ofAnotherService() throws InvalidServiceException {
    Policy policy = granting("db*", Map.of(Right.NETWORKS, List.of("service:vpn")));
    String fields = "'network_mode':'service:vpn'";
    assertThat(refusals(Policy.STRICT, "web", fields)).isEmpty();
    assertThat(refusals(policy, "db1", fields)).isEmpty();
    assertThat(refusals(policy, "web", fields))
        .containsExactly(
            "network_mode: service:vpn needs policy.allow: {services: web, networks:"
                + " [\"service:vpn\"]}");
  }

  @Test
  @DisplayName("judges an existing volume by the options it was created with")
  void onTheHost() {
    Map<String, String> bind = Map.of("type", "none", "o", "bind", "device", "/etc");
    assertThat(GENEROUS.volumeRefusals("db1", "v", "local", bind))
        .containsExactly(
            "the volume v, as it is on this host: the bind of /etc needs policy.allow:"
                + " {services: db1, binds: [/etc]}");
    assertThat(GENEROUS.volumeRefusals("db1", "v", "local", Map.of())).isEmpty();
    assertThat(GENEROUS.volumeRefusals("db1", "v", "rexray", Map.of())).isEmpty();
    assertThat(GENEROUS.volumeRefusals("web", "v", "rexray", Map.of())).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "nginx, docker.io",
    "library/nginx:1, docker.io",
    "r.example.com/a/b:1, r.example.com",
    "localhost/x, localhost",
    "r:5000/x@sha256:" + "a" + ", r:5000",
  })
  @DisplayName("allows images only from the registries that it lists, if any")
  void registries(String image, String registry) {
    ContainerSpec spec = ContainerSpec.ofImage(image);
    assertThat(new Policy(List.of(), List.of(registry)).refusals("x", spec)).isEmpty();
    assertThat(new Policy(List.of(), List.of("other.org")).refusals("x", spec))
        .singleElement()
        .asString()
        .contains(registry + " is not one of the registries that policy.registries allows");
    assertThat(Policy.STRICT.refusals("x", spec)).isEmpty();
  }

  @Test
  @DisplayName("allows images as volumes only from the registries that it lists, if any")
  void mountedImages() throws InvalidServiceException {
    String mounted = "'volumes':[{'type':'image','source':'r.example.com/a','target':'/d'}]";
    Policy hub = new Policy(List.of(), List.of("docker.io"));
    assertThat(refusals(hub, "x", mounted))
        .containsExactly(
            "volumes: r.example.com is not one of the registries that policy.registries allows:"
                + " docker.io");
    assertThat(refusals(new Policy(List.of(), List.of("docker.io", "r.example.com")), "x", mounted))
        .isEmpty();
  }
}
