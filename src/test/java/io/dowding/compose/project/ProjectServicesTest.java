package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The services of a Compose project")
class ProjectServicesTest extends ProjectScene {

  @Test
  @DisplayName("can be spread, which is written to each service")
  void spread() throws Exception {
    Project project = load("services: {db: {image: demo}, web: {image: demo}}").spread();
    for (String name : List.of("shop-db", "shop-web")) {
      assertThat(definition(project, name).path("x-dowding").toString())
          .isEqualTo("{\"project\":\"shop\",\"together\":false}");
    }
  }

  @Test
  @DisplayName("with some services by name contains those and their dependencies")
  void some() {
    String file =
        """
        services:
          web: {image: x, depends_on: [db]}
          db: {image: x}
          other: {build: .}
          debug: {image: x, profiles: [debug]}
        """;
    assertThat(load(file, "web").services()).containsOnlyKeys("shop-db", "shop-web");
    assertThat(load(file, "debug").services()).containsOnlyKeys("shop-debug");
    assertThat(load(file, "debug").inactive()).contains("shop-web");
    assertThat(load(file, "no").problems()).containsExactly("no such service: no");
  }

  @Test
  @DisplayName("takes labels from files, below those of the service")
  void labelFile() throws Exception {
    files.with("/shop/a.labels", "one=1\ntwo=2\n");
    String file = "services: {s: {image: x, label_file: ./a.labels, labels: {two: own, three: }}}";
    JsonNode labels = definition(load(file), "shop-s").path("labels");
    assertThat(labels.path("one").asText()).isEqualTo("1");
    assertThat(labels.path("two").asText()).isEqualTo("own");
    assertThat(labels.path("three").asText("none")).isEmpty();
  }

  @Test
  @DisplayName("can publish one container port on any port of a range")
  void range() throws Exception {
    JsonNode web =
        definition(load("services: {web: {image: a, ports: ['8000-8010:80']}}"), "shop-web");
    assertThat(web.path("ports").toString()).isEqualTo("[\"8000-8010:80\"]");
  }

  @Test
  @DisplayName("has a short note for a long command that ends early")
  void longCommand() {
    assertThat(load("services: {a: {image: x, command: 'a; " + "b".repeat(10_000) + "'}}").notes())
        .singleElement()
        .asString()
        .hasSizeLessThan(200);
  }

  @Test
  @DisplayName("reads a list of dependencies as service_started, even if it overrides a mapping")
  void dependsOn() throws Exception {
    JsonNode web =
        definition(
            load(
                """
                services:
                  db: {image: a}
                  base: {image: a, depends_on: {db: {condition: service_healthy, restart: true}}}
                  web: {extends: base, depends_on: [db]}
                """),
            "shop-web");
    assertThat(web.path("depends_on").path("shop-db").path("condition").asText())
        .isEqualTo("service_started");
    assertThat(web.path("depends_on").path("shop-db").path("restart").asBoolean()).isTrue();
  }

  @Test
  @DisplayName("gives a service the profiles of the service that it extends")
  void profiles() {
    Project project =
        load("services: {a: {image: a, profiles: [p]}, b: {extends: a}, c: {image: a}}");
    assertThat(project.services()).containsOnlyKeys("shop-c");
  }

  @Test
  @DisplayName("reads no and off as false in required")
  void required() throws Exception {
    JsonNode web =
        definition(
            load(
                """
                services:
                  web:
                    image: a
                    depends_on: {db: {condition: service_started, required: "no"}}
                    env_file: [{path: none.env, required: "off"}]
                  db: {image: a, profiles: [other]}
                """),
            "shop-web");
    assertThat(web.has("depends_on")).isFalse();
  }

  @Test
  @DisplayName("may extend services of the same file many times")
  void extendsOften() {
    files.with("/shop/base.yaml", "services: {base: {image: a}}");
    StringBuilder services = new StringBuilder("services:\n");
    for (int n = 0; n < 300; n++) {
      services.append("  s%d: {extends: {file: base.yaml, service: base}}\n".formatted(n));
    }
    Project project = load(services.toString());
    assertThat(project.problems()).isEmpty();
    assertThat(project.services()).hasSize(300);
  }

  @Test
  @DisplayName("may have a long chain of dependencies")
  void longChain() {
    StringBuilder services = new StringBuilder("services:\n  s0: {image: a}\n");
    for (int n = 1; n < 2000; n++) {
      services.append("  s%d: {image: a, depends_on: [s%d]}\n".formatted(n, n - 1));
    }
    assertThat(load(services.toString()).problems()).isEmpty();
    assertThat(load("services: {a: {image: a, links: [b]}, b: {image: a, links: [a]}}").problems())
        .singleElement()
        .asString()
        .contains("depends_on has a cycle, a -> b -> a");
  }

  @Test
  @DisplayName("has the mode of a tmpfs in octal, as in Compose")
  void tmpfsMode() throws Exception {
    Project project =
        load(
            "services: {a: {image: x, volumes: [{type: tmpfs, target: /t, tmpfs: {mode: 0755}}]}}");
    assertThat(definition(project, "shop-a").at("/volumes/0/tmpfs/mode").asText()).isEqualTo("755");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "deploy: {placement: {constraints: [node.role == manager]}} | node.role == manager is not",
        "deploy: {placement: {constraints: [node.platform.os==linux]}} | node.platform.os==linux is",
        "deploy: {placement: {constraints: ['engine.labels.a != b']}} | engine.labels.a != b is not",
        "deploy: {placement: {constraints: [node.id == abc]}} | node.id == abc is not used; only",
        "networks: {default: {gw_priority: 1}} | networks.default.gw_priority is not used; Docker's",
        "networks: {default: {driver_opts: {a: b}}} | networks.default.driver_opts is not used;",
        "networks: {default: {interface_name: eth7}} | networks.default.interface_name is not used; Doc",
        "networks: {default: {mac_address: '02:42:ac:11:65:43'}, n: } | networks.default.mac_addre",
        "networks: {n: } | networks.n.enable_ipv4 is not used; networks always have IPv4",
        "networks: {n: } | networks.n.ipam.options is not used; Compose leaves them out too",
        "command: '`a` 2>f' | services.a.command ends before \"2>f\", as in Compose; write [sh, -c,",
        "command: a && b | services.a.command ends before \"&& b\", as in Compose; write [sh,",
        "post_start: [{command: 'a > b'}] | services.a.post_start[0].command ends before \"> b\"",
        "volumes: ['data:/d:r0'] | the mode \"r0\" is not used; Docker has no such mode",
      })
  @DisplayName("has a note on what has no effect here")
  void notes(String field, String note) {
    Project project =
        load(
            "services: {a: {image: x, "
                + field
                + "}}\nvolumes: {data: }\nnetworks: {n: {enable_ipv4: false, ipam: {options: {a:"
                + " b}}}}");
    assertThat(project.problems()).isEmpty();
    assertThat(project.notes())
        .anyMatch(is -> is.startsWith("/shop/compose.yaml:") && is.contains(": " + note));
  }

  @Test
  @Timeout(10)
  @DisplayName(
      "with thousands of missing dependencies, or a long constraint, is read in linear time")
  void linear() {
    String names =
        IntStream.range(0, 20_000).mapToObj(n -> "s" + n).collect(Collectors.joining(", "));
    assertThat(load("services: {a: {image: x, depends_on: [" + names + "]}}").problems())
        .first()
        .asString()
        .endsWith("services.a needs s0, which does not exist");
    String constraint = "engine.labels." + " ".repeat(200_000) + "x";
    assertThat(
            load("services: {a: {image: x, deploy: {placement: {constraints: ['"
                    + constraint
                    + "']}}}}")
                .problems())
        .singleElement()
        .asString()
        .contains("is not a constraint");
  }

  @Test
  @DisplayName("may have x-dowding for other tools everywhere but directly below a service")
  void extensions() {
    assertThat(
            load("services: {a: {image: x, deploy: {x-dowding: {pin: }}}}\nx-dowding: {a: }")
                .problems())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "'', on-failure",
    "'restart: \"\",', on-failure",
    "'restart: \"no\",', no",
    "'restart: always,', always",
    "'deploy: {restart_policy: {condition: any}},', ''",
  })
  @DisplayName("lets a service end that others wait for, if it does not say otherwise")
  void completing(String written, String restart) throws Exception {
    String file =
        "services: {migrate: {%s image: x}, web: {image: x, depends_on: {migrate: {condition:"
            + " service_completed_successfully}}}}";
    Project project = load(file.formatted(written));
    assertThat(definition(project, "shop-migrate").path("restart").asText()).isEqualTo(restart);
    assertThat(definition(project, "shop-web").has("restart")).isFalse();
    assertThat(project.notes()).hasSize(restart.equals("on-failure") ? 1 : 0);
    assertThat(definition(load(file.formatted(written), "migrate"), "shop-migrate"))
        .isEqualTo(definition(project, "shop-migrate"));
  }
}
