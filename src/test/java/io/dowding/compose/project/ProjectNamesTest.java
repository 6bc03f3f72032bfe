package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.TextContent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The names in a Compose project")
class ProjectNamesTest extends ProjectScene {

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
}
