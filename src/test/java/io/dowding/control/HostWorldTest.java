package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.RestartPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The inspection that started last wins")
class HostWorldTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Container CONTAINER =
      new Container(
          "id",
          "web.1.7",
          "demo",
          Map.of(),
          false,
          Container.State.CREATED,
          0,
          false,
          "",
          null,
          0,
          null,
          null,
          RestartPolicy.Kind.NO,
          "TERM",
          Duration.ofSeconds(10),
          List.of());

  private final HostWorld host =
      new HostWorld(new Host("host1", "tcp://host1:2375", Set.of(), Map.of()), NOW);

  @Test
  @DisplayName("a late answer does not bring back a removed container")
  void late() {
    host.saw("id", null, NOW.plusSeconds(2), NOW);
    host.saw("id", CONTAINER, NOW.plusSeconds(1), NOW);
    assertThat(host.containers()).isEmpty();
  }

  @Test
  @DisplayName("a container that a host briefly did not report is known again once it does")
  void denied() {
    host.saw("id", CONTAINER, NOW.plusSeconds(1), NOW);
    host.saw("id", null, NOW.plusSeconds(2), NOW);
    host.saw("id", CONTAINER, NOW.plusSeconds(3), NOW);
    assertThat(host.containers()).containsExactly(CONTAINER);
  }
}
