package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.sim.FakeEtcd;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What status reads")
class StatusCommandTest {

  private final EtcdKeys keys =
      new EtcdKeys(new FakeEtcd(() -> Instant.EPOCH).client(), "/schedule");

  @Test
  @DisplayName("is shown even if others wrote garbage beside it, and names the garbage")
  void garbage() throws JsonProcessingException {
    keys.put("status/services/web", "{\"state\":\"running\"}");
    keys.put("status/services/bad", "{");
    keys.put("status/holds/bad", "null");
    keys.put("status/problems/pins/a", "[1]");
    keys.put("status/problems/pins/b", "{\"problem\":\"p\",\"fix\":\"f\"}");

    JsonNode shown = DowdingCommand.read(new StatusCommand().forPrograms(keys));
    assertThat(shown.path("services").toString()).isEqualTo("{\"web\":{\"state\":\"running\"}}");
    assertThat(shown.path("holds")).isEmpty();
    assertThat(shown.path("problems").properties())
        .extracting(java.util.Map.Entry::getKey)
        .containsExactlyInAnyOrder(
            "pins/b", "status/holds/bad", "status/problems/pins/a", "status/services/bad");
  }
}
