package io.dowding.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The policy")
class PolicyTest {

  private static final Policy.Grant ALL =
      new Policy.Grant(
          "db*",
          true,
          true,
          List.of("/dev/fuse"),
          List.of("NET_ADMIN"),
          List.of("/srv"),
          true,
          true);
  private static final Policy GENEROUS = new Policy(List.of(ALL), List.of());

  private static List<String> refusals(Policy policy, String name, String fields)
      throws InvalidServiceException {
    String json = "{\"image\":\"nginx\"" + (fields.isEmpty() ? "" : ",") + fields + "}";
    Service service = ServiceReader.read(name, 1, json.getBytes(StandardCharsets.UTF_8));
    return policy.refusals(name, service.container());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"privileged\":true                    | privileged: true",
        "\"pid\":\"host\"                       | hostNamespaces: true",
        "\"ipc\":\"host\"                       | hostNamespaces: true",
        "\"uts\":\"host\"                       | hostNamespaces: true",
        "\"userns_mode\":\"host\"               | hostNamespaces: true",
        "\"cgroup\":\"host\"                    | hostNamespaces: true",
        "\"network_mode\":\"host\"              | hostNamespaces: true",
        "\"devices\":[\"/dev/fuse\"]            | devices: [\"/dev/fuse\"]",
        "\"cap_add\":[\"CAP_NET_ADMIN\"]        | capabilities: [NET_ADMIN]",
        "\"volumes\":[\"/srv/x:/x:ro\"]         | binds: [/srv/x]",
        "\"volumes\":[\"/srv/../srv/x:/x\"]     | binds: [/srv/x]",
        "\"volumes\":[\"/var/run/docker.sock:/s\"] | dockerSocket: true",
        "\"security_opt\":[\"seccomp:unconfined\"] | unconfined: true",
        "\"security_opt\":[\"label:disable\"]   | unconfined: true",
      })
  @DisplayName("refuses what gives a container its host, names the setting, and heeds it")
  void host(String fields, String setting) throws InvalidServiceException {
    assertThat(refusals(Policy.STRICT, "db1", fields))
        .singleElement()
        .asString()
        .contains("policy.allow: {services: db1, " + setting + "}");
    assertThat(refusals(GENEROUS, "db1", fields)).isEmpty();
    assertThat(refusals(GENEROUS, "web", fields)).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"volumes\":[\"/srv/../etc:/x\"]       | the bind of /etc",
        "\"volumes\":[\"/srvother:/x\"]         | the bind of /srvother",
        "\"volumes\":[\"/:/x\"]                 | the bind of /",
        "\"devices\":[\"/dev/sda\"]             | the device /dev/sda",
        "\"gpus\":\"all\"                       | a device",
        "\"device_cgroup_rules\":[\"c 1:3 r\"]  | a device",
        "\"cap_add\":[\"SYS_ADMIN\"]            | the capability SYS_ADMIN",
      })
  @DisplayName("grants no more than it says")
  void more(String fields, String what) throws InvalidServiceException {
    assertThat(refusals(GENEROUS, "db1", fields)).anyMatch(refusal -> refusal.startsWith(what));
  }

  @Test
  @DisplayName("takes a directory with Docker's socket in it for the socket")
  void socketInside() throws InvalidServiceException {
    Policy.Grant all =
        new Policy.Grant("*", true, true, List.of("*"), List.of("ALL"), List.of("/"), false, true);
    Policy policy = new Policy(List.of(all), List.of());
    assertThat(refusals(policy, "x", "\"volumes\":[\"/run:/x\"]"))
        .singleElement()
        .asString()
        .contains("dockerSocket: true");
    assertThat(refusals(policy, "x", "\"volumes\":[\"/srv:/x\"],\"gpus\":\"all\"")).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "nginx, docker.io",
    "library/nginx:1, docker.io",
    "r.example.com/a/b:1, r.example.com",
    "localhost/x, localhost",
    "r:5000/x@sha256:" + "a" + ", r:5000",
  })
  @DisplayName("lets images come from the registries that it names, if it names any")
  void registries(String image, String registry) {
    ContainerSpec spec = ContainerSpec.ofImage(image);
    assertThat(new Policy(List.of(), List.of(registry)).refusals("x", spec)).isEmpty();
    assertThat(new Policy(List.of(), List.of("other.org")).refusals("x", spec))
        .singleElement()
        .asString()
        .contains(registry + " is not one of the registries that policy.registries allows");
    assertThat(Policy.STRICT.refusals("x", spec)).isEmpty();
  }
}
