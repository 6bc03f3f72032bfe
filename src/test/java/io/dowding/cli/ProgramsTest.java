package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.Found;
import io.dowding.Placed;
import io.dowding.ServiceInfo;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("JSON for programs")
class ProgramsTest {

  static Stream<Object> placed() {
    return Stream.of(
        new Placed("web.a", "host1", "tcp://a:2376", false, true, "fits"),
        new Found.Instance("host1", "0123", "web.a", "running"),
        new ServiceInfo.Job("web.1", "host1", "running", ""));
  }

  @ParameterizedTest
  @MethodSource("placed")
  @DisplayName("says by the same name where something is")
  void host(Object value) {
    JsonNode json = DowdingCommand.JSON.valueToTree(value);
    assertThat(json.path("host").asText()).isEqualTo("host1");
    assertThat(json.has("hostname")).isFalse();
  }

  @Test
  @DisplayName("has its fields in the same order each time")
  void order() throws Exception {
    assertThat(DowdingCommand.JSON.writeValueAsString(Map.of("b", 1, "c", 2, "a", 3, "d", 4)))
        .containsSubsequence("\"a\"", "\"b\"", "\"c\"", "\"d\"");
  }

  @Test
  @DisplayName("says of each check whether it is fine")
  void checks() {
    Diagnosis diagnosis = new Diagnosis();
    diagnosis.ok("etcd", "answers");
    diagnosis.problem("host a", "away", "start it");
    JsonNode json = DowdingCommand.JSON.valueToTree(diagnosis.findings());
    assertThat(json.findValues("ok").stream().map(JsonNode::asBoolean).toList())
        .isEqualTo(List.of(true, false));
  }
}
