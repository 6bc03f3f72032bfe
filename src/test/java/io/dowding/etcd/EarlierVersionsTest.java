package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.keys.Versions;
import io.dowding.keys.Versions.Definition;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Earlier definitions of a service")
class EarlierVersionsTest {

  private static Definition definition(int number, int characters) {
    String json =
        "{\"image\":\"demo:%d\",\"labels\":{\"x\":\"%s\"}}"
            .formatted(number, "x".repeat(characters));
    try {
      return new Definition(
          ServiceReader.read("web", number, json.getBytes(StandardCharsets.UTF_8)),
          json,
          "sha256:" + number);
    } catch (InvalidServiceException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Versions after(int updates, int characters) {
    Versions versions = new Versions(definition(0, characters), null, null);
    for (int number = 0; number <= updates; number++) {
      versions = versions.withValid(definition(number, characters)).rolledOut(true);
    }
    return versions;
  }

  private static String numbers(Versions versions) {
    return versions.earlier().stream()
        .map(one -> Long.toString(one.generation()))
        .collect(Collectors.joining(" "));
  }

  @Test
  @DisplayName("are kept once another one is good, five of them, the last one first")
  void five() {
    assertThat(numbers(after(0, 1))).isEmpty();
    assertThat(numbers(after(2, 1))).isEqualTo("1 0");
    assertThat(numbers(after(9, 1))).isEqualTo("8 7 6 5 4");
  }

  @Test
  @DisplayName("are fewer where they are large")
  void large() {
    assertThat(numbers(after(9, 50_000))).isEqualTo("8 7");
  }

  @Test
  @DisplayName("are read back as they were written")
  void stored() {
    Versions versions = after(2, 1).withValid(definition(3, 1)).withValid(definition(4, 1));
    Versions read =
        Json.versions("web", Json.write(versions).getBytes(StandardCharsets.UTF_8)).orElseThrow();
    assertThat(read.earlier()).isEqualTo(versions.earlier());
    assertThat(read.earlier().getFirst().digest()).isEqualTo("sha256:1");
    assertThat(read.replaced()).isEqualTo(versions.replaced()).hasSize(1);
  }
}
