package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Reach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A new service")
class NewServiceTest {

  @Test
  @DisplayName("is recorded first, spread by jobs of the service, then load, then name")
  void recordsFirst() {
    Scene scene = Scene.withHosts("a", "b", "c").stranger("a", "nginx", 80);
    scene.service("web", "\"deploy\":{\"replicas\":4}");
    assertThat(scene.actions())
        .containsExactly(
            "record web.1 on b", "record web.2 on c", "record web.3 on a", "record web.4 on b");
  }

  @Test
  @DisplayName("is created once its record is known")
  void createsAfterRecord() {
    Scene scene = Scene.withHosts("a").service("web").recorded("web.1", "a");
    assertThat(scene.actions()).containsExactly("create web.1 on a");
  }

  @Test
  @DisplayName("waits while a transaction of allocations is running")
  void waitsForTransaction() {
    assertThat(Scene.withHosts("a").service("web").allocating().actions()).isEmpty();
  }

  @Test
  @DisplayName("that fits on no host is pending with every host's reason")
  void pending() {
    Scene scene =
        Scene.withHosts("a")
            .host("b", Availability.DRAIN, Reach.UP)
            .host("c", Availability.ACTIVE, Reach.UNKNOWN)
            .stranger("a", "nginx", 80)
            .service("web", "\"ports\":[\"80:80\"]");
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.PENDING);
    assertThat(scene.reason("web.1"))
        .isEqualTo(
            "no host fits: a: port 80 is taken by nginx; b: drained; c: unreachable since"
                + " 2026-01-01T00:00:40Z");
  }

  @Test
  @DisplayName("starts a container that was only created")
  void startsCreated() {
    Scene scene =
        Scene.withHosts("a")
            .service("web")
            .recorded("web.1", "a")
            .container("web.1", "a", 5, Container.State.CREATED);
    assertThat(scene.actions()).containsExactly("start id-web.1.5 on a");
  }

  @Test
  @DisplayName("adopts a container of its own that has no record")
  void adopts() {
    Scene scene =
        Scene.withHosts("a", "b")
            .service("web")
            .container("web.1", "b", 5, Container.State.RUNNING);
    assertThat(scene.actions()).containsExactly("record web.1 on b");
  }

  @Test
  @DisplayName("adopts the newest of several, up to the newest that etcd knows")
  void adoptsNewest() {
    Scene scene = Scene.withHosts("a", "b", "c").service("web");
    scene.container("web.1", "a", 4, Container.State.RUNNING);
    scene.container("web.1", "b", 20, Container.State.RUNNING);
    scene.container("web.1", "c", 5, Container.State.RUNNING);
    assertThat(scene.actions()).containsExactly("record web.1 on b");
    assertThat(scene.why("web.1")).isEqualTo("adopted: found without a record");
    assertThat(scene.state("web.1")).isEqualTo(JobView.State.REPLACING);
    assertThat(scene.reason("web.1")).isEqualTo("is being adopted");
  }

  @Test
  @DisplayName("adopts a container newer than its record only if the recorded one is missing")
  void outlived() {
    Scene scene = Scene.withHosts("a", "b").service("web").recorded("web.1", "a");
    scene.container("web.1", "b", 7, Container.State.RUNNING);
    assertThat(scene.actions()).containsExactly("record web.1 on b");
    scene.container("web.1", "a", 5, Container.State.RUNNING);
    assertThat(scene.actions()).containsExactly("TERM id-web.1.7 on b");
  }

  @Test
  @DisplayName("leaves a container alone that is newer than etcd")
  void etcdWentBack() {
    Scene scene =
        Scene.withHosts("a", "b")
            .service("web")
            .container("web.1", "b", 999, Container.State.RUNNING)
            .container("gone.1", "b", 998, Container.State.RUNNING);
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.1")).contains("restored from a backup");
  }
}
