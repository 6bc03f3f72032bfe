package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Container;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An unhealthy container")
class UnhealthyTest {

  private Scene unhealthy(String word, Container.State state) {
    return Scene.withHosts("a")
        .service("web", "\"x-dowding\":{\"unhealthy\":\"" + word + "\"}")
        .health("web.1", "a", state, "unhealthy");
  }

  @Test
  @DisplayName("is restarted")
  void restart() {
    assertThat(unhealthy("restart", Container.State.RUNNING).actions())
        .containsExactly("TERM id-web.1.5 on a");
    assertThat(unhealthy("restart", Container.State.EXITED).actions())
        .containsExactly("start id-web.1.5 on a");
  }

  @Test
  @DisplayName("is replaced if the service asks for it")
  void replace() {
    assertThat(unhealthy("replace", Container.State.RUNNING).actions())
        .containsExactly("TERM id-web.1.5 on a");
    assertThat(unhealthy("replace", Container.State.EXITED).actions())
        .containsExactly("remove id-web.1.5 on a");
  }

  @Test
  @DisplayName("is left alone if the service asks for it")
  void ignore() {
    assertThat(unhealthy("ignore", Container.State.RUNNING).actions()).isEmpty();
  }
}
