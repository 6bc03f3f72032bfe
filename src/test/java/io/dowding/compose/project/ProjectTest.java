package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dowding.model.TextContent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
  @DisplayName("can be spread, which is written to each service")
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
  @DisplayName("prefixes its name only to what it owns")
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
    assertThat(project.contents())
        .containsOnly(Map.entry("configs/shop_site", TextContent.of("server 1.29")));
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
  @DisplayName("turns small files of relative paths into configs, and other paths into volumes")
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
    assertThat(project.contents().values())
        .containsExactlyInAnyOrder(
            TextContent.of("server {}"), TextContent.of("a"), TextContent.of("b"));
    assertThat(project.notes()).hasSize(3);
  }

  @Test
  @DisplayName("has different volumes for the same relative path in different files")
  void includedPaths() {
    files
        .with("/shop/a/compose.yaml", "services: {a: {image: x, volumes: ['./data:/d']}}")
        .with("/shop/b/compose.yaml", "services: {b: {image: x, volumes: ['./data:/d']}}");
    Project included = load("include: [a/compose.yaml, b/compose.yaml]");
    assertThat(included.problems()).isEmpty();
    assertThat(included.services().toString()).contains("shop_a_data", "shop_b_data");
  }

  @ParameterizedTest
  @CsvSource({
    "./data/db, ./data_db, shop_data_db",
    "./.config, ./config, shop_config",
    "./-, ./--, shop_files",
    "./data, ../data, shop_data",
    "./data, data, shop_data",
    "./own, own, shop_own",
  })
  @DisplayName("is refused if two paths, or a path and a volume, would be the same volume")
  void sameVolume(String one, String other, String volume) throws Exception {
    String rest = "\nvolumes: {data: , unused: , own: {name: shop_own, external: true}}";
    String a = "a: {image: x, volumes: ['%s:/d']}".formatted(one);
    String b = "b: {image: x, profiles: [p], volumes: ['%s:/d']}".formatted(other);
    for (String services : List.of(a + ", " + b, b + ", " + a)) {
      String file = "services: {" + services + "}" + rest;
      for (Project project : List.of(load(file), load(file, "b"))) {
        assertThat(project.problems())
            .singleElement()
            .asString()
            .contains(one, other, "would both be the volume " + volume);
      }
    }
    assertThat(volume(load("services: {" + a + "}" + rest), "shop-a")).isEqualTo(volume);
  }

  @Test
  @DisplayName("has the same name for a path's volume, whatever else is in the file")
  void pathsAlone() throws Exception {
    String file =
        "services: {a: {image: x, volumes: ['./data:/d', './more/data:/m']}}\nvolumes: {data: }";
    assertThat(volume(load(file), "shop-a")).isEqualTo("shop_data");
  }

  @Test
  @DisplayName("joins two volumes that have the same name in the file")
  void sameName() throws Exception {
    String file =
        """
        services: {a: {image: x, volumes: ['one:/1', 'two:/2']}}
        volumes: {one: {name: both}, two: {name: both}}
        """;
    assertThat(definition(load(file), "shop-a").path("volumes").findValuesAsText("source"))
        .containsExactly("both", "both");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "external: true, "})
  @DisplayName("has the usual names if a variable in name: is empty")
  void emptyNames(String external) throws Exception {
    String file =
        """
        services: {a: {image: x, volumes: ['vol:/v'], networks: [n], configs: [c], secrets: [s]}}
        volumes: {vol: {EXTERNAL name: "${NONE}"}}
        networks: {n: {EXTERNAL name: "${NONE}"}}
        configs: {c: {external: true, name: "${NONE}"}}
        secrets: {s: {external: true, name: "${NONE}"}}
        """
            .replace("EXTERNAL", external);
    JsonNode a = definition(load(file), "shop-a");
    String prefix = external.isEmpty() ? "shop_" : "";
    assertThat(a.at("/volumes/0/source").asText()).isEqualTo(prefix + "vol");
    assertThat(a.path("networks").has(prefix + "n")).isTrue();
    assertThat(a.at("/configs/0/source").asText()).isEqualTo("c");
    assertThat(a.at("/secrets/0/source").asText()).isEqualTo("s");
  }

  @Test
  @DisplayName("has an ordinary volume instead of one that binds a relative path")
  void relativeDevice() throws Exception {
    String file =
        """
        services: {a: {image: x, volumes: ['vol:/v', 'host:/h']}}
        volumes:
          vol: {driver: local, driver_opts: {type: none, o: bind, device: ./data}}
          host: {driver: local, driver_opts: {type: none, o: bind, device: /srv/data}}
        """;
    Project project = load(file);
    JsonNode volumes = definition(project, "shop-a").at("/x-dowding/volumes");
    assertThat(volumes.path("shop_vol").toString()).isEqualTo("{\"driver\":\"local\"}");
    assertThat(volumes.at("/shop_host/driver_opts/device").asText()).isEqualTo("/srv/data");
    assertThat(project.notes())
        .containsExactly(
            "/shop/compose.yaml:3:3: volumes.vol: ./data is not on the hosts, so it is an ordinary"
                + " volume there");
    assertThat(definition(loadOutput(file.replace("./", "/shop/")), "shop-a"))
        .isEqualTo(definition(project, "shop-a"));
    JsonNode below = definition(loadBelow(file), "shop-a").at("/x-dowding/volumes");
    assertThat(below.at("/shop_vol/driver_opts/device").asText()).isEqualTo("/srv/app/data");
  }

  private static String volume(Project project, String service) throws Exception {
    return definition(project, service).at("/volumes/0/source").asText();
  }

  @Test
  @DisplayName("has a hash in the names of configs from files that would have the same name")
  void hashesOfFiles() {
    files.with("/shop/a/b", "1").with("/shop/a_b", "2");
    assertThat(load("services: {s: {image: x, volumes: ['./a:/1:ro', './a_b:/2:ro']}}").contents())
        .hasSize(2)
        .containsValues(TextContent.of("1"), TextContent.of("2"));
  }

  @Test
  @DisplayName("has a note on files that do not come with a volume")
  void leftBehind() {
    files.with("/shop/large/a", "x".repeat(300_000)).with("/shop/empty/.gitkeep", "");
    assertThat(
            load("services: {s: {image: x, volumes: ['./large:/l', './empty:/e', './no:/n']}}")
                .notes())
        .containsExactly(
            "/shop/compose.yaml:1:36: services.s: ./large becomes the volume shop_large, without"
                + " its files",
            "/shop/compose.yaml:1:50: services.s: ./empty becomes the volume shop_empty",
            "/shop/compose.yaml:1:64: services.s: ./no becomes the volume shop_no");
  }

  @Test
  @DisplayName("turns a directory with only a placeholder into a volume")
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
  @DisplayName("provides its name as a variable, and takes its files from .env")
  void nameInVariables() throws Exception {
    files
        .with("/shop/.env", "COMPOSE_FILE=one.yaml:two.yaml\n")
        .with("/shop/one.yaml", "name: store\nservices: {s: {image: x}}")
        .with("/shop/two.yaml", "services: {s: {hostname: '${COMPOSE_PROJECT_NAME}-s'}}");
    assertThat(definition(load("services: {}"), "store-s").path("hostname").asText())
        .isEqualTo("store-s");
  }

  @Test
  @DisplayName("mounts relative paths below a directory on the hosts, if one is given")
  void projectDirectory() throws Exception {
    String file =
        "services: {s: {image: x, volumes: ['./d:/d', './d_:/e', 'dd:/f']}}\nvolumes: {dd: }";
    assertThat(definition(loadBelow(file), "shop-s").path("volumes").findValuesAsText("source"))
        .containsExactly("/srv/app/d", "/srv/app/d_", "shop_dd");
  }

  private Project loadBelow(String compose) {
    files.with("/shop/compose.yaml", compose);
    return ProjectLoader.load(
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
  @DisplayName("reports each mistake once, with its place")
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
            p -> p.startsWith("/shop/compose.yaml:4:5: services.web.port: is not supported; did"))
        .anyMatch(p -> p.startsWith("/shop/compose.yaml:6:7: services.web.deploy.replicas: "))
        .anyMatch(p -> p.startsWith("/shop/compose.yaml:8:5: services.app is built from source"))
        .anyMatch(
            p ->
                p.equals(
                    "/shop/compose.yaml:11:15: there is no volume dta below the file's volumes:; add it"));
  }

  @Test
  @DisplayName("replaces an unset variable by an empty string, with one note")
  void unset() throws Exception {
    Project project = load("services: {s: {image: x, labels: {a: '$NO', b: '${NO}'}}}");
    assertThat(definition(project, "shop-s").path("labels").path("a").asText()).isEmpty();
    assertThat(project.notes())
        .containsExactly("/shop/compose.yaml:1:35: the variable NO is not set; it is empty");
  }

  @Test
  @DisplayName("that is read strictly is refused if a variable is not set, once for each variable")
  void strict() {
    files.with(
        "/shop/compose.yaml", "services: {s: {image: x, labels: {a: '$A', b: '$A${B:-b}'}}}");
    ProjectOptions strict =
        new ProjectOptions(
            List.of(),
            null,
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            Path.of("/shop"),
            null,
            true);
    assertThat(ProjectLoader.load(strict, files).problems())
        .containsExactly(
            "/shop/compose.yaml:1:35: the variable A is not set; set it, or give it a default");
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
  @DisplayName("names both lines of a duplicate field")
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
        "services: {s: {image: x, volumes: ['/a\\0b:/d', \"./a\\0b:/d\"]}}",
        "services: {s: {image: x, environment: 1, ports: {a: b}, volumes: [[1]]}}"
      })
  @DisplayName("that is invalid is refused, without an exception")
  void none(String text) {
    Project project = load(text);
    assertThat(project.services()).isEmpty();
    assertThat(project.problems()).isNotEmpty();
  }

  @Test
  @DisplayName("can publish one container port on any port of a range")
  void range() throws Exception {
    JsonNode web =
        definition(load("services: {web: {image: a, ports: ['8000-8010:80']}}"), "shop-web");
    assertThat(web.path("ports").toString()).isEqualTo("[\"8000-8010:80\"]");
  }

  @Test
  @DisplayName("shortens long names of configs and secrets, and keeps them distinct")
  void longNames() throws Exception {
    String name = "n".repeat(70);
    Project project =
        load(
            "services: {web: {image: a, configs: [%s1, %s2]}}\n".formatted(name, name)
                + "configs: {%s1: {content: x}, %s2: {content: y}}\n".formatted(name, name));
    assertThat(definition(project, "shop-web").path("configs")).hasSize(2);
    assertThat(project.contents())
        .hasSize(2)
        .containsValues(TextContent.of("x"), TextContent.of("y"));
    assertThat(project.contents().keySet())
        .allMatch(key -> key.length() <= 63 + "configs/".length());
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
  @DisplayName("finds files below the home directory")
  void home() throws Exception {
    files.with("/home/u/web.env", "A=1");
    JsonNode web = definition(load("services: {web: {image: a, env_file: ~/web.env}}"), "shop-web");
    assertThat(web.path("environment").path("A").asText()).isEqualTo("1");
  }

  @Test
  @DisplayName("keeps values that begin with # and 64-bit numbers")
  void values() throws Exception {
    files.with("/shop/.env", "COLOR=#fff # white\n");
    JsonNode web =
        definition(
            load("services: {web: {image: a, environment: {C: $COLOR, N: 18446744073709551615}}}"),
            "shop-web");
    assertThat(web.path("environment").path("C").asText()).isEqualTo("#fff");
    assertThat(web.path("environment").path("N").asText()).isEqualTo("18446744073709551615");
  }

  @Test
  @DisplayName("refuses networks and aliases of the wrong kind")
  void wrongKinds() {
    assertThat(load("services: {web: {image: a, networks: {n: yes}}}\nnetworks: {n: }").problems())
        .singleElement()
        .asString()
        .endsWith("networks.n is not a mapping");
    assertThat(
            load("services: {web: {image: a, networks: {n: {aliases: x}}}}\nnetworks: {n: }")
                .problems())
        .singleElement()
        .asString()
        .endsWith("networks.n.aliases is not a list of names");
  }

  @Test
  @DisplayName("prefixes the project's name to a parent's job")
  void parent() throws Exception {
    JsonNode web =
        definition(
            load("services: {db: {image: a}, web: {image: a, x-dowding: {parent: db.1}}}"),
            "shop-web");
    assertThat(web.path("x-dowding").path("parent").asText()).isEqualTo("shop-db.1");
  }

  @Test
  @DisplayName("reports problems of networks and volumes by their names in the file")
  void namesInFile() {
    assertThat(
            load("""
                    services: {web: {image: a, networks: [n]}}
                    networks:
                      n: {ipam: {config: [{subnet: x}]}}
                    """)
                .problems())
        .singleElement()
        .asString()
        .startsWith("/shop/compose.yaml:3:")
        .contains(": networks.n.ipam.config[0].subnet: ");
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
  @DisplayName("tells once what is wrong with something that several services use")
  void once() {
    Project project =
        load(
            """
            services: {a: {image: x}, b: {image: x}, c: {image: x}}
            networks: {default: {driver: overlay}}
            """);
    assertThat(project.problems()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "version: 3.8\nservices: {a: {image: x}}",
        "x-a: &a {image: x}\nservices: {a: {<<: *a, <<: *a}}",
        "services: {a: {image: x, scale: 2, deploy: {replicas: 3}}}",
        "services: {a: {image: x, environment: }}",
        "services: {a: {image: x, dns: 1}}",
        "services: {a: {image: x}, b: {image: x, depends_on: {a: {}}}}",
        "version: '3'",
        "services: {a: {image: x, command: 'a ( b'}}",
        "services: {a: {image: x, command: 'a b\\'}}",
      })
  @DisplayName("is refused, with the place, where Compose refuses it")
  void refused(String compose) {
    assertThat(load(compose).problems())
        .singleElement()
        .asString()
        .startsWith("/shop/compose.yaml:");
  }

  @Test
  @DisplayName("has the mode of a tmpfs in octal, as in Compose")
  void tmpfsMode() throws Exception {
    Project project =
        load(
            "services: {a: {image: x, volumes: [{type: tmpfs, target: /t, tmpfs: {mode: 0755}}]}}");
    assertThat(definition(project, "shop-a").at("/volumes/0/tmpfs/mode").asText()).isEqualTo("755");
  }

  @Test
  @DisplayName("takes variables from the files in COMPOSE_ENV_FILES instead of .env")
  void envFiles() throws Exception {
    files.with("/shop/compose.yaml", "services: {a: {image: 'x:${TAG}'}}");
    files.with("/shop/.env", "TAG=1").with("/shop/a.env", "TAG=2").with("/shop/b.env", "TAG=3");
    Project project =
        ProjectLoader.load(
            ProjectOptions.of(
                Path.of("/shop/compose.yaml"), Map.of("COMPOSE_ENV_FILES", "a.env,b.env")),
            files);
    assertThat(definition(project, "shop-a").path("image").asText()).isEqualTo("x:3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/shop/.env", "/shop/x.env"})
  @DisplayName("has a note on a variable that is used in a file of variables, but not set")
  void unsetInFile(String file) {
    files.with("/shop/.env", "").with("/shop/x.env", "").with(file, "PASSWORD=p@$s%w0rd");
    assertThat(load("services: {a: {image: x, env_file: x.env}}").notes())
        .containsExactly(file + ":1:1: the variable s is not set; it is empty");
  }

  @Test
  @DisplayName("reports each value of a wrong kind, with its service, index and line")
  void kinds() {
    Project project =
        load(
            """
            services:
              a:
                image: x
                command: [run, 1]
                cap_add: NET_ADMIN
                healthcheck: {test: [CMD, true], interval: '30'}
              b: {image: x, ports: [{target: http}], ulimits: {nofile: {soft: 1}}}
            volumes: {d: {drivr: nfs}}
            """);
    assertThat(project.problems())
        .containsExactly(
            "/shop/compose.yaml:4:20: services.a.command[1] is not text; put it in quotes",
            "/shop/compose.yaml:5:5: services.a.cap_add is not a list",
            "/shop/compose.yaml:6:31: services.a.healthcheck.test[1] is not text; put it in quotes",
            "/shop/compose.yaml:6:38: services.a.healthcheck.interval: \"30\" is not a duration with"
                + " a unit, such as 1m30s",
            "/shop/compose.yaml:7:26: services.b.ports[0].target: \"http\" is not a whole number",
            "/shop/compose.yaml:7:52: services.b.ulimits.nofile needs hard",
            "/shop/compose.yaml:8:15: volumes.d.drivr: is not supported; did you mean driver?");
  }

  @Test
  @DisplayName("has only one problem for a variable that could not be filled in")
  void failedVariable() {
    assertThat(
            load("services: {a: {image: '${TAG', deploy: {replicas: '${N:?set it}'}}, b: {image:"
                    + " x}}")
                .problems())
        .containsExactly(
            "/shop/compose.yaml:1:16: \"${TAG\" is not a variable such as ${NAME} or"
                + " ${NAME:-default}; a plain $ is written $$",
            "/shop/compose.yaml:1:41: the variable N is required: set it");
  }

  @Test
  @DisplayName("has no services if the file has only networks and volumes")
  void noServices() {
    Project project = load("networks: {n: }\nvolumes: {v: }");
    assertThat(project.problems()).isEmpty();
    assertThat(project.services()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secrets: {c: {file: gone}}",
        "secrets: {c: {environment: GONE}}",
        "secrets: {c: {file: ./gone/too}}"
      })
  @DisplayName("knows what is missing, and is complete without it")
  void missing(String secrets) {
    Project project = load("services: {a: {image: x, secrets: [c]}}\n" + secrets);
    assertThat(project.services()).containsOnlyKeys("shop-a");
    assertThat(project.missing()).containsExactlyElementsOf(project.problems()).hasSize(1);
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "links: [a] | links: is not supported; leave it out",
        "service: {} | service: is not supported; did you mean services?",
        "services: {a.b: {image: x, cpu: 1}} | services.a.b.cpu: is not supported; did you mean cpus?",
        "services: {a.b: {image: x, models: {}}} | services.a.b.models: is not supported; write its",
        "services: {a: {image: x, x-dowding: {pin: }}} | services.a.x-dowding.pin has no value; give",
        "services: {a: {image: x, command: a (b)}} | services.a.command has a parenthesis outside"
            + " quotes, but there is no shell; write [sh, -c, \"...\"] to use a shell",
      })
  @DisplayName("says what to write instead")
  void instead(String compose, String problem) {
    assertThat(load(compose).problems())
        .singleElement()
        .asString()
        .containsPattern("^/shop/compose.yaml:\\d+:\\d+: " + Pattern.quote(problem));
  }

  @Test
  @DisplayName("may have x-dowding for other tools everywhere but directly below a service")
  void extensions() {
    assertThat(
            load("services: {a: {image: x, deploy: {x-dowding: {pin: }}}}\nx-dowding: {a: }")
                .problems())
        .isEmpty();
  }

  @Test
  @DisplayName("keeps the first hundred problems and notes, and counts the rest")
  void most() {
    String unknown =
        IntStream.range(0, 1000).mapToObj(n -> "p" + n + ": 1").collect(Collectors.joining(", "));
    assertThat(load("services: {a: {image: x, " + unknown + "}}").problems())
        .hasSize(101)
        .last()
        .isEqualTo("and 900 more");
    String unset =
        IntStream.range(0, 130).mapToObj(n -> "$N" + n).collect(Collectors.joining(", "));
    assertThat(load("services: {a: {image: x, command: [" + unset + "]}}").notes())
        .hasSize(101)
        .last()
        .isEqualTo("and 30 more");
    String secrets =
        IntStream.range(0, 120).mapToObj(n -> "s" + n).collect(Collectors.joining(", "));
    Project project =
        load(
            "services: {a: {image: x, secrets: [%s]}}\nsecrets: {%s}"
                .formatted(secrets, secrets.replaceAll("s\\d+", "$0: {file: gone}")));
    assertThat(project.missing()).containsExactlyInAnyOrderElementsOf(project.problems());
    assertThat(project.problems()).hasSize(101);
  }

  @Test
  @DisplayName("whose variables add too many characters is refused")
  void budget() {
    files.with("/shop/.env", "BIG=" + "x".repeat(1 << 19));
    String many = "'$BIG', ".repeat(100);
    assertThat(load("services: {a: {image: x, command: [" + many + "]}}").problems())
        .containsExactly(
            "/shop/compose.yaml:1:292: the variables add more than 16777216 characters to the"
                + " files; use shorter ones");
    files.with("/shop/.env", "A=" + "x".repeat(1 << 19) + "\nB=$A\n".repeat(100));
    assertThat(load("services: {a: {image: x}}").problems())
        .singleElement()
        .asString()
        .startsWith("/shop/.env:66:1: the variables add more than");
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
  @DisplayName("may not name a service that does not exist as optional, except in Compose's output")
  void optional() {
    String text =
        "services: {a: {image: x, depends_on: {b: {condition: service_started, required: false}}}}";
    assertThat(load(text).problems())
        .containsExactly("/shop/compose.yaml:1:39: services.a needs b, which does not exist");
    assertThat(loadOutput(text).problems()).isEmpty();
  }

  private Project loadOutput(String text) {
    files.with("-", text);
    return ProjectLoader.load(
        new ProjectOptions(
            List.of(ProjectFiles.STANDARD_INPUT),
            "shop",
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            Path.of("/shop"),
            null,
            false),
        files);
  }

  @Test
  @DisplayName("must have both limits, except in Compose's output, which has no zeros")
  void zeroLimits() throws Exception {
    String text = "services: {a: {image: x, ulimits: {core: {}}}}";
    assertThat(load(text).problems())
        .containsExactly(
            "/shop/compose.yaml:1:36: services.a.ulimits.core needs soft",
            "/shop/compose.yaml:1:36: services.a.ulimits.core needs hard");
    assertThat(Meaning.of("a", definition(loadOutput(text), "shop-a").toString()))
        .contains("{Hard=0, Name=core, Soft=0}");
  }

  @ParameterizedTest
  @CsvSource({"|, x", "|+, x", "'>', x", "|-, x"})
  @DisplayName("has no line break after a block of text that ends with the file, as in Compose")
  void openEnd(String style, String value) throws Exception {
    String file =
        "services:\n  a:\n    image: i\n    environment:\n      A: " + style + "\n        x";
    assertThat(definition(load(file), "shop-a").at("/environment/A").asText()).isEqualTo(value);
    String closed = definition(load(file + "\n"), "shop-a").at("/environment/A").asText();
    assertThat(closed).isEqualTo(style.equals("|-") ? "x" : "x\n");
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

  @Test
  @DisplayName("writes a file into a volume, and has a note on that")
  void fileInVolume() throws Exception {
    files.with("/shop/init.sql", "x");
    Project project =
        load(
            "services: {a: {image: x, volumes: ['data:/data', './init.sql:/data/init.sql:ro']}}\n"
                + "volumes: {data: }");
    assertThat(definition(project, "shop-a").at("/configs/0/target").asText())
        .isEqualTo("/data/init.sql");
    assertThat(project.notes())
        .contains(
            "/shop/compose.yaml:1:12: services.a: /data/init.sql is written into a volume, where"
                + " it stays");
  }

  @Test
  @DisplayName("reports everything that one service needs and the file does not have")
  void undefined() {
    assertThat(
            load("""
                    services:
                      a:
                        image: x
                        networks: [net]
                        volumes: ["one:/1", "two:/2", "bad:"]
                        configs: [conf]
                    """)
                .problems())
        .containsExactlyInAnyOrder(
            "/shop/compose.yaml:4:16: there is no network net below the file's networks:; add it",
            "/shop/compose.yaml:5:15: there is no volume one below the file's volumes:; add it",
            "/shop/compose.yaml:5:25: there is no volume two below the file's volumes:; add it",
            "/shop/compose.yaml:5:35: \"bad:\" is not a volume such as data:/data or"
                + " ./conf:/conf:ro",
            "/shop/compose.yaml:6:15: there is no conf below the file's configs:; add it");
  }

  @Test
  @DisplayName("has a short, distinct name for a service with a long one")
  void longServices() {
    String name = "subscription-consumer-of-generic-metrics-";
    String one = name + "a".repeat(40);
    String two = name + "b".repeat(40);
    Project project =
        load(
            "services: {%s: {image: x}, %s: {image: x, depends_on: [%s]}}"
                .formatted(one, two, one));
    assertThat(project.problems()).isEmpty();
    assertThat(project.services()).hasSize(2);
    assertThat(project.services().keySet())
        .allSatisfy(own -> assertThat(own).startsWith("shop-" + name).hasSize(63));
  }

  @ParameterizedTest
  @ValueSource(strings = {"web_", "web-", "web."})
  @DisplayName("says what a service's name must end with")
  void nameEnds(String name) {
    assertThat(load("services: {" + name + ": {image: x}}").problems())
        .singleElement()
        .asString()
        .endsWith(name + " is not a service's name: it must end with a letter or a digit");
  }

  @Test
  @DisplayName("is refused if a volume of an inactive service is malformed, as in Compose")
  void inactiveVolumes() {
    assertThat(
            load("services: {a: {image: x}, b: {image: x, profiles: [p], volumes: [':/d']}}")
                .problems())
        .containsExactly(
            "/shop/compose.yaml:1:66: \":/d\" is not a volume such as data:/data or"
                + " ./conf:/conf:ro");
  }
}
