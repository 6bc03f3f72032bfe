package io.dowding.plan;

import static io.dowding.model.Container.State.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.PreStart;
import io.dowding.model.Reach;
import io.dowding.model.Service;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("pre_start")
class PreparingTest {

  private static final String STEPS =
      "\"pre_start\":[{\"command\":[\"migrate\"]},{\"image\":\"tool\",\"command\":[\"own\"]}]";

  private static final String FIRST = "web.pre_start-0";
  private static final String SECOND = "web.pre_start-1";

  private static String hash(String job, String... fields) {
    return Scene.read("web", 1, fields).of(job).specHash();
  }

  private static Scene scene(String... fields) {
    return Scene.withHosts("a", "b").service("web", fields);
  }

  /** A step that has succeeded on its host. */
  private static Scene succeeded(Scene scene, String job, String host, String... fields) {
    return scene.recorded(job, host, 5, hash(job, fields)).ended(job, host, 0);
  }

  @Test
  @DisplayName("is recorded on the host of the first job, before anything else is created there")
  void recorded() {
    Scene scene = scene(STEPS).recorded("web.1", "a");
    assertThat(scene.actions())
        .singleElement()
        .asString()
        .contains(FIRST)
        .contains(" a")
        .doesNotContain("web.1");
    assertThat(scene.reason("web.1")).startsWith("waiting for pre_start[0] on a");
  }

  @Test
  @DisplayName("runs step by step, and then the job is created")
  void inOrder() {
    Scene scene = succeeded(scene(STEPS).recorded("web.1", "a"), FIRST, "a", STEPS);
    assertThat(scene.actions()).singleElement().asString().contains(SECOND);
    succeeded(scene, SECOND, "a", STEPS);
    assertThat(scene.actions()).containsExactly("create web.1 on a");
    assertThat(scene.state(FIRST)).isEqualTo(JobView.State.COMPLETED);
  }

  @Test
  @DisplayName("is not run again for other jobs, nor after its container was removed")
  void once() {
    String[] one = {"\"deploy\":{\"replicas\":2}", "\"pre_start\":[{\"command\":\"migrate\"}]"};
    Scene scene =
        scene(one)
            .running("web.1", "a")
            .recorded("web.2", "b")
            .recorded(FIRST, "a", 5, hash(FIRST, one))
            .remember(FIRST, m -> done());
    assertThat(scene.actions()).containsExactly("create web.2 on b");
  }

  private static JobMemory done() {
    return JobMemory.recalled(0, null, "", "", 5, "", Scene.NOW);
  }

  private static final String[] DATA = {
    "\"deploy\":{\"replicas\":2}",
    "\"volumes\":[\"data:/data\"]",
    "\"pre_start\":[{\"command\":\"migrate\"}]"
  };

  @Test
  @DisplayName("is not run again for a job on another host")
  void localData() {
    Scene scene = scene(DATA).recorded("web.1", "a").recorded("web.2", "b");
    succeeded(scene, FIRST, "a", DATA);
    assertThat(scene.actions()).containsExactlyInAnyOrder("create web.1 on a", "create web.2 on b");
    assertThat(scene.state(FIRST)).isEqualTo(JobView.State.COMPLETED);
  }

  private static Scene unfinished(Container.State state) {
    return scene(DATA)
        .recorded("web.1", "a")
        .recorded(FIRST, "a", 5, hash(FIRST, DATA))
        .container(FIRST, "a", 5, state);
  }

  @Test
  @DisplayName("that was renamed is not started a second time")
  void renamed() {
    Scene scene = unfinished(RUNNING).renamed(FIRST, "other");
    assertThat(scene.actions()).noneMatch(action -> action.contains(FIRST));
    assertThat(scene.state(FIRST)).isEqualTo(JobView.State.HELD);
    assertThat(scene.reason("web.1")).contains("run docker rename other " + FIRST);
  }

  @Test
  @DisplayName("without a record is adopted, not stopped")
  void adopted() {
    Scene scene = scene(DATA).recorded("web.1", "a").container(FIRST, "b", 5, RUNNING);
    assertThat(scene.actions())
        .contains("record " + FIRST + " on b")
        .noneMatch(action -> action.contains("TERM") || action.contains("create"));
    Scene tooNew = scene(DATA).recorded("web.1", "a").container(FIRST, "b", 99, RUNNING);
    assertThat(tooNew.actions()).noneMatch(action -> action.contains(FIRST));
    Scene unasked = scene(DATA).running("web.1", "a").running("web.2", "b");
    unasked.container(FIRST, "b", 5, RUNNING);
    assertThat(unasked.actions())
        .contains("record " + FIRST + " on b")
        .noneMatch(action -> action.contains("TERM"));
  }

  @Test
  @DisplayName("gets another name if an unmanaged container has its name")
  void nameTaken() {
    Scene scene =
        scene(DATA)
            .recorded("web.1", "a")
            .recorded(FIRST, "a", 5, hash(FIRST, DATA))
            .remember(FIRST, m -> m.nameTaken(5));
    assertThat(scene.actions()).contains("record " + FIRST + " on a");
  }

  @Test
  @DisplayName("that may run on an unreachable host is waited for")
  void silent() {
    Scene scene =
        Scene.withHosts("b", "c", "d")
            .host("a", Availability.ACTIVE, Reach.UNKNOWN)
            .service("web", "\"pre_start\":[{\"command\":\"migrate\"}]")
            .recorded("web.1", "b");
    scene.recorded(FIRST, "a").container(FIRST, "a", 5, RUNNING);
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.1")).startsWith("waiting for pre_start[0] on a: a: unreachable");
  }

  @Test
  @DisplayName("that runs on a drained host finishes there, and moves if it does not run")
  void drained() {
    Scene scene =
        unfinished(RUNNING).host("a", Availability.DRAIN, Reach.UP).recorded("web.1", "b");
    assertThat(scene.actions()).noneMatch(action -> action.contains(FIRST));
    Scene created = scene(DATA).host("a", Availability.DRAIN, Reach.UP).recorded("web.1", "b");
    created.recorded(FIRST, "a");
    assertThat(created.actions()).contains("record " + FIRST + " on b");
  }

  private static JobMemory failing(JobMemory memory) {
    JobMemory failed = memory;
    for (int i = 0; i < Settings.TRIES_ON_ONE_HOST; i++) {
      failed = failed.failed(FIRST, Fault.HOST, "a", "no space", Scene.NOW);
    }
    return failed;
  }

  @Test
  @DisplayName(
      "that cannot be created on a host moves the job to another one, until it has succeeded")
  void avoids() {
    String[] one = {"\"pre_start\":[{\"command\":\"migrate\"}]"};
    Scene scene =
        scene(one)
            .recorded("web.1", "a")
            .recorded(FIRST, "a", 5, hash(FIRST, one))
            .remember(FIRST, PreparingTest::failing);
    assertThat(scene.actions()).contains("record web.1 on b");
    scene.recorded("web.1", "b");
    assertThat(scene.actions()).contains("record " + FIRST + " on b");
    succeeded(scene.recorded("web.1", "a"), FIRST, "b", one);
    assertThat(scene.actions()).containsExactly("create web.1 on a");
  }

  @Test
  @DisplayName("that keeps failing makes the update fail, whether the job runs or not")
  void failsUpdate() {
    String[] one = {
      "\"pre_start\":[{\"command\":\"migrate\"}]",
      "\"deploy\":{\"update_config\":{\"failure_action\":\"rollback\"}}"
    };
    Scene scene =
        Scene.withHosts("a")
            .service("web", one)
            .recorded("web.1", "a")
            .recorded(FIRST, "a", 5, hash(FIRST, one))
            .remember(FIRST, PreparingTest::failing);
    assertThat(scene.rollout("web").state()).isEqualTo(RolloutView.State.FAILED);
    assertThat(scene.rollout("web").why()).contains("pre_start: no space");
    Scene serving =
        Scene.withHosts("a")
            .service("web", one)
            .runningOld("web.1", "a")
            .hasImage("web.1", "a")
            .recorded(FIRST, "a", 5, hash(FIRST, one))
            .failed(FIRST, Settings.TRIES_ON_ONE_HOST - 1, "a", "bad command");
    assertThat(serving.rollout("web").state()).isEqualTo(RolloutView.State.UNDER_WAY);
    serving.failed(FIRST, 1, "a", "bad command");
    assertThat(serving.rollout("web").state()).isEqualTo(RolloutView.State.FAILED);
    assertThat(serving.rollout("web").why()).isEqualTo("pre_start: bad command");
  }

  @Test
  @DisplayName("runs before the old container is replaced, which serves meanwhile")
  void update() {
    String[] one = {"\"pre_start\":[{\"command\":\"migrate\"}]"};
    Scene scene = scene(one).runningOld("web.1", "a");
    String image =
        JobMemory.image(scene.hash("web"), Scene.read("web", 1, one).container().image());
    scene.remember("web.1", m -> m.image("a", image, true));
    assertThat(scene.actions()).singleElement().asString().contains(FIRST);
    assertThat(scene.reason("web.1")).contains("waiting for pre_start[0] on a");
    succeeded(scene, FIRST, "a", one);
    assertThat(scene.actions()).singleElement().asString().contains("web.1");
  }

  @Test
  @DisplayName("that fails is reported, and retried later")
  void fails() {
    String[] one = {"\"pre_start\":[{\"command\":\"migrate\"}]"};
    Scene scene =
        scene(one)
            .recorded("web.1", "a")
            .recorded(FIRST, "a", 5, hash(FIRST, one))
            .ended(FIRST, "a", 3)
            .remember(FIRST, m -> m.failed(FIRST, Fault.SPEC, "a", "exited with 3", Scene.NOW));
    assertThat(scene.actions()).isEmpty();
    assertThat(scene.reason("web.1")).isEqualTo("waiting for pre_start[0] on a: exited with 3");
  }

  @Test
  @DisplayName("is removed with the definition that has it")
  void gone() {
    Scene scene = succeeded(scene().running("web.1", "a"), FIRST, "a", STEPS);
    assertThat(scene.actions()).singleElement().asString().contains("remove").contains(FIRST);
  }

  @Test
  @DisplayName("has the service's volumes and networks, and neither its ports nor its names")
  void spec() {
    Service service =
        Scene.read(
            "web",
            1,
            "\"volumes\":[\"data:/data\"]",
            "\"ports\":[\"80:80\"]",
            "\"user\":\"me\"",
            "\"environment\":{\"A\":\"1\",\"B\":\"1\"}",
            "\"networks\":{\"front\":{\"aliases\":[\"www\"]}}",
            "\"container_name\":\"web\"",
            "\"pre_start\":[{\"command\":\"migrate now\",\"environment\":{\"B\":\"2\"}},"
                + "{\"image\":\"tool\",\"privileged\":true}]");
    ContainerSpec first = service.of(FIRST).container();
    assertThat(first.command()).containsExactly("migrate", "now");
    assertThat(first.image()).isEqualTo(service.container().image());
    assertThat(first.user()).isEqualTo("me");
    assertThat(first.environment()).containsEntry("A", "1").containsEntry("B", "2");
    assertThat(first.mounts()).isEqualTo(service.container().mounts());
    assertThat(first.ports()).isEmpty();
    assertThat(first.containerName()).isNull();
    assertThat(first.engine().get("Networks")).hasToString("{front=[]}");
    ContainerSpec second = service.of(SECOND).container();
    assertThat(second.image()).isEqualTo("tool");
    assertThat(second.command()).isNull();
    assertThat(second.user()).isNull();
    assertThat(second.engine()).containsEntry("HostConfig.Privileged", true);
    assertThat(PreStart.steps(second)).isZero();
    assertThat(service.of("web.1")).isSameAs(service);
  }

  @Test
  @DisplayName("does not count as a job, and its container is not created twice")
  void dependants() {
    String[] one = {"\"pre_start\":[{\"command\":\"migrate\"}]"};
    Scene scene =
        scene(one)
            .service("app", "\"depends_on\":{\"web\":{\"condition\":\"service_started\"}}")
            .recorded("web.1", "a");
    succeeded(scene, FIRST, "a", one);
    assertThat(scene.reason("app.1")).contains("waiting for web");
    assertThat(scene.actions()).containsExactly("create web.1 on a");
    scene.container("web.1", "a", 5, Container.State.CREATED);
    assertThat(scene.actions()).noneMatch(action -> action.contains("pre_start"));
  }
}
