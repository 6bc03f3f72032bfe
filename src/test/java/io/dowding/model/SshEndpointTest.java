package io.dowding.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SshEndpointTest {

  @ParameterizedTest
  @CsvSource({
    "ssh://host1, , host1, 0",
    "ssh://deploy@host1.example.org, deploy, host1.example.org, 0",
    "ssh://deploy@10.0.0.1:2222, deploy, 10.0.0.1, 2222",
    "ssh://_a.b-c@[fd00::1]:22, _a.b-c, fd00::1, 22",
    "ssh://[::1], , ::1, 0",
  })
  @DisplayName("a user, a host and a port are read")
  void parts(String docker, String user, String host, int port) {
    SshEndpoint endpoint = new SshEndpoint(user, host, port);
    assertThat(SshEndpoint.of(docker)).isEqualTo(endpoint);
    assertThat(endpoint.uri()).isEqualTo(docker);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssh://",
        "ssh://-oProxyCommand=touch",
        "ssh://-oProxyCommand=touch@host",
        "ssh://user@-oProxyCommand=touch",
        "ssh://-l@host",
        "ssh://[-x]",
        "ssh://host:0",
        "ssh://host:65536",
        "ssh://host:-1",
        "ssh://host:",
        "ssh://user:password@host",
        "ssh://a@b@host",
        "ssh://host/var/run/docker.sock",
        "ssh://host?x",
        "ssh://host;id",
        "ssh://$(id)",
        "ssh://host name",
        "ssh://host\n",
        "ssh://%h",
        "SSH://host",
        "tcp://host",
      })
  @DisplayName("nothing else is one, least of all an option or a command")
  void refused(String docker) {
    assertThat(SshEndpoint.of(docker)).isNull();
  }

  @Test
  @DisplayName("a name of any length is not one")
  void length() {
    assertThat(SshEndpoint.of("ssh://" + "a".repeat(300))).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "ssh://deploy@10.0.0.1:2222, 10.0.0.1",
    "ssh://host1, host1",
    "ssh://[fd00::1], [fd00::1]",
    "tcp://10.0.0.1:2375, 10.0.0.1",
    "tcp://[fd00::1]:2375, [fd00::1]",
    "unix:///var/run/docker.sock, 127.0.0.1",
  })
  @DisplayName("a host's published ports are at the address of its engine")
  void address(String docker, String address) {
    assertThat(new Host("h", docker, Set.of(), Map.of()).address()).isEqualTo(address);
  }

  @Test
  @DisplayName("a host's published ports are at the address that is given for them")
  void given() {
    Host host = new Host("h", "ssh://alias", Set.of(), Map.of("address", "10.0.0.1"));
    assertThat(host.address()).isEqualTo("10.0.0.1");
    assertThat(host.engineAddress()).isEqualTo("alias");
  }
}
