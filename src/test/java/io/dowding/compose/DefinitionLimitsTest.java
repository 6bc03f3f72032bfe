package io.dowding.compose;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A definition that would make a whole host slow or hang")
class DefinitionLimitsTest {

  private static void read(String fields) throws InvalidServiceException {
    ServiceReader.read(
        "web", 1, ("{\"image\":\"nginx\"," + fields + "}").getBytes(StandardCharsets.UTF_8));
  }

  private static void refused(String fields, String problem) {
    assertThatThrownBy(() -> read(fields))
        .isInstanceOf(InvalidServiceException.class)
        .hasMessageContaining(problem);
  }

  private static String list(int count, String each) {
    return IntStream.range(0, count)
        .mapToObj(n -> '"' + each.formatted(n) + '"')
        .collect(Collectors.joining(",", "[", "]"));
  }

  @Test
  @DisplayName("may not expose more ports than the list of all containers can bear")
  void exposed() {
    assertThatCode(() -> read("\"expose\":[\"49152-65535/udp\"]")).doesNotThrowAnyException();
    refused(
        "\"expose\":[\"1-16384\",\"1-16384/udp\"]",
        "expose: has 32768 ports, more than the 16384 allowed");
  }

  @Test
  @DisplayName("may not mount more than 500 volumes")
  void volumes() {
    assertThatCode(() -> read("\"volumes\":" + list(500, "/v%d"))).doesNotThrowAnyException();
    refused(
        "\"volumes\":" + list(501, "/v%d"), "volumes: has 501 items, more than the 500 allowed");
  }

  @Test
  @DisplayName("may not have a program, user or directory longer than a path may be")
  void programs() {
    String longest = "x".repeat(4097);
    String problem = "is longer than the 4096 characters that a path may have";
    assertThatCode(() -> read("\"command\":[\"" + longest + "\"]")).doesNotThrowAnyException();
    refused("\"entrypoint\":[\"" + longest + "\"]", "entrypoint: " + problem);
    refused("\"healthcheck\":{\"test\":[\"CMD\",\"" + longest + "\"]}", "test: " + problem);
    refused("\"post_start\":[{\"command\":[\"" + longest + "\"]}]", "command: " + problem);
    refused("\"pre_stop\":[{\"command\":\"" + longest + " a\"}]", "command: " + problem);
    refused("\"user\":\"" + longest + "\"", "is not a user");
    refused("\"pre_stop\":[{\"command\":\"a\",\"user\":\"" + longest + "\"}]", "is not a user");
    refused(
        "\"pre_stop\":[{\"command\":\"a\",\"working_dir\":\"/" + longest + "\"}]",
        "is not an absolute path");
  }

  @Test
  @DisplayName("may not have longer hooks and aliases than can be kept for each container")
  void kept() {
    String script = "y".repeat(70_000);
    String problem = "it, pre_stop and networks take more than the 65536 characters";
    refused("\"post_start\":[{\"command\":[\"sh\",\"-c\",\"" + script + "\"]}]", problem);
    refused("\"networks\":{\"a\":{\"aliases\":" + list(9_000, "alias%d") + "}}", problem);
  }
}
