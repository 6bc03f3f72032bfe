package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The networks of a Compose project")
class ProjectNetworksTest extends ProjectScene {

  @Test
  @DisplayName("lists its own networks that have a custom name")
  void ownNetworks() throws Exception {
    Project project =
        load(
            """
            services: {web: {image: nginx, networks: [back, front, theirs]}}
            networks: {back: {}, front: {name: edge}, theirs: {external: true}}
            """);
    assertThat(definition(project, "shop-web").path("x-dowding").path("own_networks").toString())
        .isEqualTo("[\"edge\"]");
  }

  @Test
  @DisplayName("has a default network, in which links are also aliases")
  void defaultNetwork() throws Exception {
    Project project =
        load(
            "services: {db: {image: x}, web: {image: x, links: ['db:store']}, own: {image: x,"
                + " network_mode: none}}");
    assertThat(definition(project, "shop-db").path("networks").toString())
        .isEqualTo("{\"shop_default\":{\"aliases\":[\"db\",\"store\"]}}");
    assertThat(definition(project, "shop-web").path("depends_on").has("shop-db")).isTrue();
    assertThat(definition(project, "shop-own").has("networks")).isFalse();
  }

  @Test
  @DisplayName("merges hosts written as a mapping with hosts written as a list")
  void extraHosts() throws Exception {
    JsonNode web =
        definition(
            load(
                """
                services:
                  base: {image: a, extra_hosts: {one: 10.0.0.1, two: [10.0.0.2, "::2"]}}
                  web: {extends: base, extra_hosts: ["three=10.0.0.3", "one=10.0.0.1"]}
                """),
            "shop-web");
    assertThat(web.path("extra_hosts").toString())
        .isEqualTo("[\"one=10.0.0.1\",\"two=10.0.0.2\",\"two=::2\",\"three=10.0.0.3\"]");
  }

  @Test
  @DisplayName("has its notes on a service's network in a fixed order")
  void orderOfNotes() {
    assertThat(
            load("services: {a: {image: x, networks: {n: , m: {mac_address: '02:42:ac:11:65:43',"
                    + " link_local_ips: [169.254.1.1], interface_name: eth7, gw_priority: 1,"
                    + " driver_opts: {a: b}}}}}\nnetworks: {n: , m: }")
                .notes())
        .extracting(note -> note.replaceFirst(".*networks\\.m\\.(\\w+) is not used.*", "$1"))
        .containsExactly(
            "driver_opts", "gw_priority", "interface_name", "link_local_ips", "mac_address");
  }

  @Test
  @DisplayName("gives the address of its only network to the service")
  void macAddress() throws Exception {
    JsonNode a =
        definition(
            load(
                "services: {a: {image: x, networks: {default: {mac_address: '02:42:ac:11:65:43'}}}}"),
            "shop-a");
    assertThat(a.path("mac_address").asText()).isEqualTo("02:42:ac:11:65:43");
  }

  @Test
  @DisplayName("reports a problem of a service's network by its name in the file")
  void networkInFile() {
    assertThat(
            load("""
                    services:
                      a:
                        image: x
                        networks:
                          default: {ipv4_address: x}
                    """)
                .problems())
        .singleElement()
        .asString()
        .startsWith(
            "/shop/compose.yaml:5:17: services.a.networks.default.ipv4_address: \"x\" is not");
  }

  @Test
  @DisplayName("may name a network in network_mode")
  void networkMode() throws Exception {
    Project project =
        load(
            """
            services:
              own: {image: x, network_mode: edge}
              theirs: {image: x, network_mode: lan}
              usual: {image: x, network_mode: shop_default}
            networks: {front: {name: edge, internal: true}}
            """);
    JsonNode own = definition(project, "shop-own");
    assertThat(own.has("network_mode")).isFalse();
    assertThat(own.path("networks").toString()).isEqualTo("{\"edge\":{\"aliases\":[\"own\"]}}");
    assertThat(own.at("/x-dowding/networks").toString())
        .isEqualTo("{\"edge\":{\"internal\":true}}");
    JsonNode theirs = definition(project, "shop-theirs");
    assertThat(theirs.path("networks").has("lan")).isTrue();
    assertThat(theirs.path("x-dowding").has("networks")).isFalse();
    assertThat(definition(project, "shop-usual").path("networks").has("shop_default")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"network_mode", "ipc", "pid"})
  @DisplayName("shares a namespace with a service that is named by its container")
  void namedContainer(String field) throws Exception {
    String file =
        "services: {vpn: {image: x, container_name: tunnel}, a: {image: x, %s: 'container:%s'}}";
    assertThat(definition(load(file.formatted(field, "tunnel")), "shop-a").path(field).asText())
        .isEqualTo("service:shop-vpn");
    assertThat(load(file.formatted(field, "other")).problems())
        .singleElement()
        .asString()
        .contains("services.a." + field + ": \"container:other\" is not");
  }
}
