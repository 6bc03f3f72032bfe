package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Pin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An action")
class ActionTest {

  @Test
  @DisplayName("on keys has a reason for the log")
  void reasons() {
    assertThat(new Action.Allocate(List.of(), 7).reason()).isEqualTo("0 allocations to record");
    assertThat(new Action.WritePin("db.1", new Pin.ToHost("a", true), 0).reason())
        .isEqualTo("its data is there");
    assertThat(new Action.Publish(new TreeMap<>(Map.of("a", Optional.empty()))).reason())
        .isEqualTo("1 keys changed");
    assertThat(new Action.Claim("uuid", 1, 0).reason())
        .isEqualTo("this etcd belongs to cluster uuid");
    assertThat(new Action.ListAgain().reason()).isEqualTo("this agent leads from now on");
    assertThat(new Action.Remember("uuid", 1).reason()).isEqualTo("etcd reached this age");
  }

  @Test
  @DisplayName("on a host is named in one word")
  void verb() {
    assertThat(new Action.Look("a", "web.1", "id", "why").verb()).isEqualTo("look");
    assertThat(new Action.Resolve("a", "web", "demo:1", "1-x", "why").verb()).isEqualTo("resolve");
  }
}
