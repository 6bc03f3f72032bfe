package io.dowding.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A Compose file")
class ComposeFileTest {

  private static final Map<String, String> ENVIRONMENT = Map.of("TAG", "1.29", "EMPTY", "");

  private static ComposeFile read(String text) {
    return ComposeFile.read(text, ENVIRONMENT, ComposeFileTest::file);
  }

  private static String file(String path) throws IOException {
    if (path.equals("./here")) {
      return "from the file";
    }
    throw new NoSuchFileException(path);
  }

  private static JsonNode service(ComposeFile file, String name) throws Exception {
    return new ObjectMapper().readTree(file.services().get(name));
  }

  @Test
  @DisplayName("gives its services, with anchors and merge keys resolved")
  void merge() throws Exception {
    ComposeFile file =
        read(
            """
            x-common: &common
              restart: always
              environment: {A: "1"}
            services:
              web: {<<: *common, image: nginx, depends_on: [db]}
              db:
                <<: *common
                image: postgres:17
                restart: "no"
            volumes: {data: }
            """);
    assertThat(file.problems()).isEmpty();
    assertThat(service(file, "web").path("restart").asText()).isEqualTo("always");
    assertThat(service(file, "web").path("environment").path("A").asText()).isEqualTo("1");
    assertThat(service(file, "db").path("restart").asText()).isEqualTo("no");
  }

  @Test
  @DisplayName("gives those that can be run, and says what is wrong with the others")
  void partly() {
    ComposeFile file =
        read(
            """
            services:
              web: {image: nginx}
              app: {build: ., volumes: ["./src:/src"]}
            models: {big: {model: ai/big}}
            """);
    assertThat(file.services()).containsOnlyKeys("web");
    assertThat(file.problems())
        .anyMatch(p -> p.startsWith("services.app.image: is missing"))
        .anyMatch(p -> p.startsWith("services.app.build: is not supported; build the image"))
        .anyMatch(p -> p.startsWith("services.app.volumes[0]: \"./src\" is not an absolute path"))
        .anyMatch(p -> p.startsWith("models: is not supported"));
  }

  @Test
  @DisplayName("brings its volumes and networks along, under the names that they have on hosts")
  void resources() throws Exception {
    ComposeFile file =
        read(
            """
            services:
              db: {image: postgres, volumes: ["data:/d", "own:/o", "/etc:/e:ro"], networks: [back]}
              web: {image: nginx, networks: {back: {aliases: [api]}, front: }}
            volumes: {data: {name: pg, driver: nfs, driver_opts: {share: x}}, own: , no: {external: true}}
            networks: {back: {internal: true}, front: {name: edge, external: true}}
            """);
    assertThat(file.problems()).isEmpty();
    assertThat(service(file, "db").path("volumes").get(0).asText()).isEqualTo("pg:/d");
    assertThat(service(file, "db").path("x-dowding").toString())
        .isEqualTo(
            "{\"volumes\":{\"pg\":{\"driver\":\"nfs\",\"driver_opts\":{\"share\":\"x\"}}},"
                + "\"networks\":{\"back\":{\"internal\":true}}}");
    assertThat(service(file, "web").path("networks").toString())
        .isEqualTo("{\"back\":{\"aliases\":[\"api\"]},\"edge\":null}");
  }

  @Test
  @DisplayName("brings its configs and secrets along: content in the service, files in keys")
  void contents() throws Exception {
    ComposeFile file =
        read(
            """
            services:
              web:
                image: nginx
                configs: [site, {source: more, target: /etc/more, mode: 0440}, theirs]
                secrets: [key, tag]
              broken: {image: nginx, secrets: [gone]}
            configs:
              site: {content: "server ${TAG}"}
              more: {file: ./here, name: shop_more}
              theirs: {external: true, name: common}
            secrets:
              key: {file: ./here}
              tag: {environment: TAG}
              gone: {file: ./gone}
            """);
    assertThat(file.problems())
        .containsExactly("services.broken.secrets.gone: ./gone cannot be read as text: ./gone");
    assertThat(file.contents()).containsOnlyKeys("web");
    assertThat(file.contents().get("web"))
        .containsOnly(
            Map.entry("configs/shop_more", "from the file"),
            Map.entry("secrets/key", "from the file"),
            Map.entry("secrets/tag", "1.29"));
    JsonNode web = service(file, "web");
    assertThat(web.path("x-dowding").toString())
        .isEqualTo("{\"configs\":{\"site\":{\"content\":\"server 1.29\"}}}");
    assertThat(web.path("configs").toString())
        .isEqualTo(
            "[\"site\",{\"source\":\"shop_more\",\"target\":\"/etc/more\",\"mode\":288},"
                + "{\"target\":\"/theirs\",\"source\":\"common\"}]");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "nginx:${TAG}          | nginx:1.29",
        "nginx:$TAG            | nginx:1.29",
        "nginx:${NO:-1}        | nginx:1",
        "nginx:${NO-1}         | nginx:1",
        "nginx:${EMPTY:-2}     | nginx:2",
        "nginx${TAG:+:3}       | nginx:3",
        "nginx${NO:+:3}        | nginx",
      })
  @DisplayName("has variables from the environment, with their defaults")
  void variables(String image, String resolved) throws Exception {
    ComposeFile file = read("services: {web: {image: '" + image + "'}}");
    assertThat(service(file, "web").path("image").asText()).isEqualTo(resolved);
  }

  @Test
  @DisplayName("with a variable that is not set names it; $$ is a dollar")
  void unset() throws Exception {
    assertThat(read("services: {web: {image: 'nginx:${NO}'}}").problems())
        .containsExactly(
            "services.web.image: the variable NO is not set; set it, or write ${NO:-default}");
    assertThat(read("services: {web: {image: 'nginx:${NO:?which one}'}}").problems())
        .containsExactly("services.web.image: the variable NO is not set: which one");
    assertThat(
            read("services: {web: {build: ., image: '${NO}', ports: ['${NO}:80', x]}}").problems())
        .extracting(problem -> problem.replaceFirst(": .*", ""))
        .containsExactlyInAnyOrder(
            "services.web.image",
            "services.web.ports[0]",
            "services.web.ports[1]",
            "services.web.build");
    ComposeFile file = read("services: {web: {image: nginx, command: 'echo $$HOME'}}");
    assertThat(service(file, "web").path("command").asText()).isEqualTo("echo $HOME");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a: [", "- a", "42", "services: 1", "services:\n  web: 1", "\u0000"})
  @DisplayName("that is none is refused, and nothing is thrown")
  void none(String text) {
    ComposeFile file = read(text);
    assertThat(file.services()).isEmpty();
    assertThat(file.problems()).isNotEmpty();
  }
}
