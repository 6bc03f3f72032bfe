package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A Compose project")
class ProjectTest {

  private final MemoryFiles files = new MemoryFiles();

  private Project load(String compose, String... services) {
    files.with("/shop/compose.yaml", compose);
    return ProjectLoader.load(
        new ProjectOptions(
            List.of(),
            null,
            List.of(),
            List.of(),
            List.of(services),
            Map.of("HOME", "/home/u", "TAG", "1.29"),
            Path.of("/shop"),
            null,
            false),
        files);
  }

  @Test
  @DisplayName("says which networks are its own although they have another's name")
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
  @DisplayName("can be spread, and says so in each service")
  void spread() throws Exception {
    Project project = load("services: {db: {image: demo}, web: {image: demo}}").spread();
    for (String name : List.of("shop-db", "shop-web")) {
      assertThat(definition(project, name).path("x-dowding").toString())
          .isEqualTo("{\"project\":\"shop\",\"together\":false}");
    }
  }

  private static JsonNode definition(Project project, String name) throws Exception {
    assertThat(project.problems()).isEmpty();
    return new ObjectMapper()
        .readTree(Objects.requireNonNull(project.services().get(name), name).definition());
  }

  @Test
  @DisplayName("puts its name in front of what it owns, and of nothing else")
  void names() throws Exception {
    Project project =
        load(
            """
            services:
              db: {image: postgres, volumes: ["data:/d", "own:/o", "/etc:/e:ro"], networks: [back]}
              web:
                image: nginx
                networks: {back: {aliases: [api]}, front: }
                configs: [site, {source: theirs, target: /t}]
                depends_on: [db]
            volumes: {data: {name: pg}, own: {driver: nfs}}
            networks: {back: {internal: true}, front: {name: edge, external: true}}
            configs: {site: {content: "server ${TAG}"}, theirs: {external: true, name: common}}
            """);
    assertThat(project.name()).isEqualTo("shop");
    assertThat(project.services()).containsOnlyKeys("shop-db", "shop-web");
    JsonNode db = definition(project, "shop-db");
    assertThat(db.path("volumes").findValuesAsText("source"))
        .containsExactly("pg", "shop_own", "/etc");
    assertThat(db.path("x-dowding").toString())
        .isEqualTo(
            "{\"networks\":{\"shop_back\":{\"internal\":true}},"
                + "\"volumes\":{\"shop_own\":{\"driver\":\"nfs\"}},\"project\":\"shop\"}");
    JsonNode web = definition(project, "shop-web");
    assertThat(web.path("networks").toString())
        .isEqualTo(
            "{\"shop_back\":{\"aliases\":[\"api\",\"web\"]},\"edge\":{\"aliases\":[\"web\"]}}");
    assertThat(web.path("configs").findValuesAsText("source"))
        .containsExactly("shop_site", "common");
    assertThat(web.path("depends_on").has("shop-db")).isTrue();
    assertThat(web.path("labels").path("com.docker.compose.project").asText()).isEqualTo("shop");
    assertThat(web.path("labels").path("com.docker.compose.service").asText()).isEqualTo("web");
    assertThat(project.contents()).containsOnly(Map.entry("configs/shop_site", "server 1.29"));
  }

  @Test
  @DisplayName("has a default network, where links are names as well")
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
  @DisplayName("sends small files of relative paths along, and makes volumes of the others")
  void relativePaths() throws Exception {
    files
        .with("/shop/nginx.conf", "server {}")
        .with("/shop/conf/a.conf", "a")
        .with("/shop/conf/sub/b.conf", "b");
    Project project =
        load(
            """
            services:
              web:
                image: nginx
                volumes: ["./nginx.conf:/etc/nginx.conf:ro", "./conf:/conf", "./data:/data"]
            """);
    JsonNode web = definition(project, "shop-web");
    assertThat(web.path("configs").findValuesAsText("target"))
        .containsExactly("/etc/nginx.conf", "/conf/a.conf", "/conf/sub/b.conf");
    assertThat(web.path("volumes").findValuesAsText("source")).containsExactly("shop_data");
    assertThat(project.contents().values()).containsExactlyInAnyOrder("server {}", "a", "b");
    assertThat(project.notes()).hasSize(3);
  }

  @Test
  @DisplayName("never makes one volume of two paths, or of a path and what the file declares")
  void noSharing() {
    files
        .with("/shop/a/compose.yaml", "services: {a: {image: x, volumes: ['./data:/d']}}")
        .with("/shop/b/compose.yaml", "services: {b: {image: x, volumes: ['./data:/d']}}");
    Project included = load("include: [a/compose.yaml, b/compose.yaml]");
    assertThat(included.problems()).isEmpty();
    assertThat(included.services().toString()).contains("shop_a_data", "shop_b_data");
    assertThat(load("services: {s: {image: x, volumes: ['./a/b:/1', './a_b:/2']}}").problems())
        .singleElement()
        .asString()
        .contains("/shop/a_b and /shop/a/b would both become shop_a_b; rename one");
    assertThat(
            load("services: {s: {image: x, volumes: ['./data:/1', 'data:/2']}}\nvolumes: {data: }")
                .problems())
        .singleElement()
        .asString()
        .contains("/shop/data would become shop_data, like volumes.data; rename one");
  }

  @Test
  @DisplayName("makes a volume of a directory with nothing but a placeholder")
  void placeholder() throws Exception {
    files.with("/shop/data/.gitkeep", "").with("/shop/run.sh", "#!/bin/sh");
    JsonNode s =
        definition(
            load("services: {s: {image: x, volumes: ['./data:/d', './run.sh:/run.sh:ro']}}"),
            "shop-s");
    assertThat(s.path("volumes").findValuesAsText("source")).containsExactly("shop_data");
    assertThat(s.path("configs").path(0).path("mode").asText()).isEqualTo("0555");
  }

  @Test
  @DisplayName("knows its own name in variables, and its files from .env")
  void nameInVariables() throws Exception {
    files
        .with("/shop/.env", "COMPOSE_FILE=one.yaml:two.yaml\n")
        .with("/shop/one.yaml", "name: store\nservices: {s: {image: x}}")
        .with("/shop/two.yaml", "services: {s: {hostname: '${COMPOSE_PROJECT_NAME}-s'}}");
    assertThat(definition(load("services: {}"), "store-s").path("hostname").asText())
        .isEqualTo("store-s");
  }

  @Test
  @DisplayName("that mounts relative paths below a directory of the hosts, where one is given")
  void projectDirectory() {
    files.with("/shop/compose.yaml", "services: {s: {image: x, volumes: ['./d:/d']}}");
    Project project =
        ProjectLoader.load(
            new ProjectOptions(
                List.of(),
                null,
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                Path.of("/shop"),
                Path.of("/srv/app"),
                false),
            files);
    assertThat(Objects.requireNonNull(project.services().get("shop-s")).definition())
        .contains("\"/srv/app/d\"");
  }

  @Test
  @DisplayName("with some services by name has those and what they need")
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
  @DisplayName("has one problem for each mistake, with its place")
  void problems() {
    Project project =
        load(
            """
            services:
              web:
                image: nginx
                port: ["80:80"]
                deploy:
                  replicas: many
              app:
                build: .
              db:
                image: postgres
                volumes: [dta:/d]
            """);
    assertThat(project.services()).isEmpty();
    assertThat(project.problems())
        .hasSize(4)
        .anyMatch(
            p -> p.startsWith("/shop/compose.yaml:4:5: services.web.port: is not supported; the"))
        .anyMatch(p -> p.startsWith("/shop/compose.yaml:6:7: services.web.deploy.replicas: "))
        .anyMatch(p -> p.startsWith("/shop/compose.yaml:8:5: services.app is built from source"))
        .anyMatch(
            p ->
                p.equals(
                    "/shop/compose.yaml:11:15: there is no volume dta below the file's volumes:; add it"));
  }

  @Test
  @DisplayName("with a variable that is not set has an empty text, and one note for it")
  void unset() throws Exception {
    Project project = load("services: {s: {image: x, labels: {a: '$NO', b: '${NO}'}}}");
    assertThat(definition(project, "shop-s").path("labels").path("a").asText()).isEmpty();
    assertThat(project.notes()).containsExactly("the variable NO is not set; it is empty");
  }

  @Test
  @DisplayName("names both lines of a field that is there twice")
  void twice() {
    assertThat(load("services:\n  s: {image: x}\n  s: {image: y}\n").problems())
        .containsExactly(
            "/shop/compose.yaml:3:3: \"s\" is here twice, first in line 2; remove one");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a: [",
        "- a",
        "42",
        "services: 1",
        "services:\n  web: 1",
        "\u0000",
        "a: &a [x]\nb: *c",
        "services: &s {web: {image: a, x-a: *s}}",
        "services: {s: {image: x, extends: {file: gone.yaml, service: s}}}",
        "include: [compose.yaml]\nservices: {s: {image: x}}",
        "? [a]\n: b",
        "services: {s: {image: x, networks: 1}}",
        "services: {s: {image: x, x-dowding: true}}",
        "services: {s: {image: x, deploy: abc, scale: 2}}",
        "services: {s: {image: x, env_file: \"a\\0b\"}}",
        "services: {s: {image: x, environment: 1, ports: {a: b}, volumes: [[1]]}}"
      })
  @DisplayName("that is none is refused, and nothing is thrown")
  void none(String text) {
    Project project = load(text);
    assertThat(project.services()).isEmpty();
    assertThat(project.problems()).isNotEmpty();
  }
}
