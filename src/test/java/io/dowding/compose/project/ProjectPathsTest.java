package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.TextContent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The paths in a Compose project")
class ProjectPathsTest extends ProjectScene {

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
  @DisplayName("mounts relative paths below a directory on the hosts, if one is given")
  void projectDirectory() throws Exception {
    String file =
        "services: {s: {image: x, volumes: ['./d:/d', './d_:/e', 'dd:/f']}}\nvolumes: {dd: }";
    assertThat(definition(loadBelow(file), "shop-s").path("volumes").findValuesAsText("source"))
        .containsExactly("/srv/app/d", "/srv/app/d_", "shop_dd");
  }

  private Project loadBelow(String compose) {
    files.with("/shop/compose.yaml", compose);
    return ProjectLoader.load(options(List.of(), Map.of(), Path.of("/srv/app"), false), files);
  }

  @Test
  @DisplayName("finds files below the home directory")
  void home() throws Exception {
    files.with("/home/u/web.env", "A=1");
    JsonNode web = definition(load("services: {web: {image: a, env_file: ~/web.env}}"), "shop-web");
    assertThat(web.path("environment").path("A").asText()).isEqualTo("1");
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
}
