package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The variables of a Compose project")
class ProjectVariablesTest extends ProjectScene {

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
    ProjectOptions strict = options(List.of(), Map.of(), null, true);
    assertThat(ProjectLoader.load(strict, files).problems())
        .containsExactly(
            "/shop/compose.yaml:1:35: the variable A is not set; set it, or give it a default");
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
}
