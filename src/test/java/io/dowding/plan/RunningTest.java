package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Reach;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Our containers")
class RunningTest {

  private static HostState host(Scene scene, String name) {
    return Objects.requireNonNull(scene.situation().host(name));
  }

  private static Scene with(String host, String job, long incarnation) {
    return Scene.withHosts(host).container(job, host, incarnation, Container.State.RUNNING);
  }

  private static HostState one(String host, String job, long incarnation) {
    return host(with(host, job, incarnation), host);
  }

  private static Allocation record(String job, String host, long incarnation) {
    return new Allocation(job, host, "web", "1-x", 10, incarnation, Scene.NOW, "because", 6);
  }

  private static List<String> hosts(Collection<Running.Located> containers) {
    return containers.stream().map(located -> located.host().host().hostname()).toList();
  }

  @Test
  @DisplayName("are found by job and by service, and a job's are sorted by host")
  void found() {
    Running running = new Running();
    for (String name : new String[] {"b", "d", "a", "c"}) {
      running.change(null, one(name, "web.1", 5));
    }
    running.change(null, one("e", "db.1", 5));
    assertThat(hosts(running.of("web.1"))).containsExactly("a", "b", "c", "d");
    assertThat(running.of("web.2")).isEmpty();
    assertThat(running.jobs("web")).containsExactly("web.1");
    assertThat(running.jobs("we")).isEmpty();
    assertThat(running.jobs()).containsExactly("db.1", "web.1");
    assertThat(running.services()).containsExactlyInAnyOrder("db", "web");
  }

  @Test
  @DisplayName("of one host stay in its order, the older of two first")
  void sameHost() {
    Scene two = with("a", "web.1", 4).container("web.1", "a", 5, Container.State.RUNNING);
    assertThat(Running.on(List.of(host(two, "a"))).of("web.1"))
        .extracting(located -> located.owned().incarnation())
        .containsExactly(4L, 5L);
  }

  @Test
  @DisplayName("of a host are replaced by those in its next list; other hosts keep theirs")
  void change() {
    HostState before =
        host(with("a", "web.1", 5).container("web.2", "a", 6, Container.State.RUNNING), "a");
    Running running = Running.on(List.of(before, one("b", "web.1", 4)));
    HostState after = one("a", "web.2", 7);
    running.change(before, after);
    assertThat(hosts(running.of("web.1"))).containsExactly("b");
    assertThat(running.of("web.2"))
        .singleElement()
        .satisfies(located -> assertThat(located.owned().incarnation()).isEqualTo(7));
    assertThat(running.jobs("web")).containsExactly("web.1", "web.2");
    running.change(after, null);
    assertThat(running.jobs("web")).containsExactly("web.1");
    running.change(one("b", "web.1", 4), null);
    assertThat(running.jobs()).isEmpty();
    assertThat(running.services()).isEmpty();
  }

  @Test
  @DisplayName("are a record's if host and incarnation are the same; the others are surplus")
  void current() {
    Running running =
        Running.on(List.of(one("a", "web.1", 5), one("b", "web.1", 6), one("c", "web.1", 5)));
    Running.Located current = Objects.requireNonNull(running.current(record("web.1", "c", 5)));
    assertThat(hosts(List.of(current))).containsExactly("c");
    assertThat(hosts(running.surplus(record("web.1", "c", 5)))).containsExactly("a", "b");
    assertThat(running.current(record("web.1", "c", 6))).isNull();
    assertThat(running.current(record("web.2", "c", 5))).isNull();
  }

  @Test
  @DisplayName("that are newer than etcd do not count for the newest incarnation")
  void newest() {
    Running running =
        Running.on(List.of(one("a", "web.1", 7), one("b", "web.1", 5), one("c", "web.1", 9)));
    assertThat(running.highestIncarnation("web.1", 9)).isEqualTo(9);
    assertThat(running.highestIncarnation("web.1", 8)).isEqualTo(7);
    assertThat(running.highestIncarnation("web.1", 4)).isZero();
    assertThat(running.highestIncarnation("web.2", 9)).isZero();
  }

  @Test
  @DisplayName("that someone renamed are found by their record, while their host can be used")
  void renamed() {
    Scene scene = with("a", "web.1", 5).renamed("web.1", "mine");
    Running running = Running.on(List.of(host(scene, "a")));
    assertThat(running.of("web.1")).isEmpty();
    assertThat(running.renamed(record("web.1", "a", 5))).isNotNull();
    assertThat(running.renamed(record("web.1", "a", 6))).isNull();
    assertThat(running.renamed(record("web.2", "a", 5))).isNull();
    running.change(host(scene, "a"), host(Scene.withHosts("a"), "a"));
    assertThat(running.renamed(record("web.1", "a", 5))).isNull();
    scene.host("a", Availability.ACTIVE, Reach.DOWN);
    assertThat(Running.on(List.of(host(scene, "a"))).renamed(record("web.1", "a", 5))).isNull();
  }

  @Test
  @DisplayName("that someone renamed do not count if there is one with the right name, too")
  void renamedCopy() {
    Scene scene = with("a", "web.1", 5).renamed("web.1", "mine");
    scene.container("web.1", "a", 5, Container.State.RUNNING);
    assertThat(Running.on(List.of(host(scene, "a"))).renamed(record("web.1", "a", 5))).isNull();
  }

  @Test
  @DisplayName("show which digest a definition's tag meant")
  void digest() {
    Running running =
        Running.on(
            List.of(
                host(image("a", "1-x", "demo@sha256:1"), "a"),
                host(image("b", "1-y", "demo@sha256:2"), "b"),
                host(image("c", "1-z", "demo"), "c")));
    assertThat(running.digestOf("web", "1-x")).isEqualTo("sha256:1");
    assertThat(running.digestOf("web", "1-y")).isEqualTo("sha256:2");
    assertThat(running.digestOf("web", "1-z")).isEmpty();
    assertThat(running.digestOf("db", "1-x")).isEmpty();
  }

  @Test
  @DisplayName("that run a tag do not hide one that runs its digest")
  void digestAndTag() {
    Running running =
        Running.on(
            List.of(
                host(image("a", "1-x", "demo"), "a"),
                host(image("b", "1-x", "demo@sha256:2"), "b")));
    assertThat(running.digestOf("web", "1-x")).isEqualTo("sha256:2");
  }

  private static Scene image(String host, String hash, String image) {
    return Scene.withHosts(host)
        .recorded("web.1", host, 5, hash)
        .container("web.1", host, 5, Container.State.RUNNING)
        .image("web.1", image);
  }
}
