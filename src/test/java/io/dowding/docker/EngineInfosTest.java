package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.EngineInfo;
import io.dowding.model.Resources;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EngineInfosTest {

  private static Answer json(String text) {
    return Answer.parse("/test", text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("drivers are the built-in ones and enabled plugins, with and without tag")
  void drivers() {
    Answer info =
        json(
            """
            {'ID': 'a', 'NCPU': 2, 'MemTotal': 99, 'SystemTime': '2026-01-01T00:00:00Z',
             'Plugins': {'Log': ['json-file'], 'Volume': ['local'], 'Network': ['bridge'],
                         'Authorization': null},
             'Runtimes': {'runc': {'path': 'runc'}},
             'GenericResources': [
               {'DiscreteResourceSpec': {'Kind': 'ssd', 'Value': 3}},
               {'NamedResourceSpec': {'Kind': 'gpu', 'Value': 'UUID1'}},
               {'NamedResourceSpec': {'Kind': 'gpu', 'Value': 'UUID2'}}]}
            """);
    Answer plugins =
        json(
            """
            {'all': [
              {'Name': 'loki:latest', 'Enabled': true,
               'Config': {'Interface': {'Types': ['docker.logdriver/1.0']}}},
              {'Name': 'sshfs:1', 'Enabled': false,
               'Config': {'Interface': {'Types': ['docker.volumedriver/1.0']}}}]}
            """);
    EngineInfo read =
        EngineInfos.of(
            json("{'Version': '27.1', 'ApiVersion': '1.46', 'Os': 'linux', 'Arch': 'arm64'}"),
            info,
            plugins.at("all").items());
    assertThat(read.logDrivers())
        .containsExactlyInAnyOrder("json-file", "none", "loki", "loki:latest");
    assertThat(read.volumeDrivers()).containsExactly("local");
    assertThat(read.runtimes()).containsExactly("runc");
    assertThat(read.architecture()).isEqualTo("arm64");
    assertThat(read.capacity())
        .isEqualTo(new Resources(2_000_000_000, 99, new TreeMap<>(Map.of("gpu", 2L, "ssd", 3L))));
  }

  @Test
  @DisplayName("an engine that reports little is accepted")
  void little() {
    EngineInfo read = EngineInfos.of(json("{}"), json("{}"), List.of());
    assertThat(read).isEqualTo(EngineInfo.UNKNOWN);
  }
}
