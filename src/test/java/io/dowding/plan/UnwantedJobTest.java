package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Reach;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A job that is no longer wanted")
class UnwantedJobTest {

  @Test
  @DisplayName("is stopped, then removed, and its record is deleted last")
  void inOrder() {
    Scene running = Scene.withHosts("a").service("web").running("web.1", "a");
    running.service("web", "\"deploy\":{\"replicas\":0}");
    assertThat(running.actions()).containsExactly("TERM id-web.1.5 on a");
    Scene exited = Scene.withHosts("a").service("web").recorded("web.1", "a");
    exited.container("web.1", "a", 5, Container.State.EXITED);
    exited.service("web", "\"deploy\":{\"replicas\":0}");
    assertThat(exited.actions()).containsExactly("remove id-web.1.5 on a");
    Scene removed = Scene.withHosts("a").service("web").recorded("web.1", "a");
    removed.service("web", "\"deploy\":{\"replicas\":0}");
    assertThat(removed.actions()).containsExactly("forget web.1 on a");
  }

  @Test
  @DisplayName("is stopped only while the keys behind the decision are unchanged")
  void basis() {
    String fields = "\"configs\":[\"site\"],\"secrets\":[\"gone\"],\"deploy\":{\"replicas\":0}";
    Scene scene = Scene.withHosts("a").content("configs/site", 7).content("configs/other", 9);
    scene.service("web").running("web.1", "a").service("web", fields);
    assertThat(scene.plan().actions())
        .singleElement()
        .extracting(action -> ((Action.Signal) action).basis())
        .isEqualTo(
            new Action.Basis(
                Scene.CLUSTER,
                "web",
                10,
                Map.of("configs/site", 7L, "secrets/gone", 0L),
                "web.1",
                6,
                Action.Basis.Condition.ANY));
  }

  @Test
  @DisplayName("stays recorded while its host is lost, and is forgotten once the host is gone")
  void tombstone() {
    Scene lost = new Scene().host("a", Availability.ACTIVE, Reach.DOWN);
    lost.recorded("web.1", "a", 5, "1-x");
    assertThat(lost.actions()).isEmpty();
    Scene gone = new Scene().host("a", Availability.GONE, Reach.DOWN);
    gone.recorded("web.1", "a", 5, "1-x");
    assertThat(gone.actions()).containsExactly("forget web.1 on a");
  }

  @Test
  @DisplayName("is left alone if its service's key was never valid")
  void untouchable() {
    Scene scene = Scene.withHosts("a").recorded("web.1", "a", 5, "1-x").unusableService("web");
    scene.container("web.1", "a", 5, Container.State.RUNNING);
    assertThat(scene.actions()).isEmpty();
  }

  @Test
  @DisplayName("is removed as an orphan")
  void orphan() {
    Scene scene = Scene.withHosts("a").container("x.1", "a", 5, Container.State.RUNNING);
    assertThat(scene.actions()).containsExactly("TERM id-x.1.5 on a");
  }

  @Test
  @DisplayName("stays if its key may have been lost")
  void lostOrphan() {
    Scene scene =
        Scene.withHosts("a").container("x.1", "a", 5, Container.State.RUNNING).lost("x.1");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.plan().spared()).containsExactly("x.1");
  }
}
