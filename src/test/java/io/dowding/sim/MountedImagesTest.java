package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dowding.compose.ServiceReader;
import io.dowding.control.Event.Outcome;
import io.dowding.docker.Calls;
import io.dowding.model.Allocation;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A pull for a container that mounts images")
class MountedImagesTest {

  private final VirtualTime time = new VirtualTime();
  private final FakeRegistry registry = new FakeRegistry("demo", "files");
  private final FakeEngine engine = new FakeEngine(time, "engine", registry);
  private final Calls calls = new Calls(() -> VirtualTime.START.plusMillis(time.now()), "/base");

  private Outcome perform(Action.OnHost action) throws InterruptedException {
    Instant until = VirtualTime.START.plusMillis(time.now()).plusSeconds(10);
    return calls.perform(action, engine, until, text -> {});
  }

  private static Service service() throws Exception {
    String json =
        "{\"image\":\"demo\",\"volumes\":[{\"type\":\"image\",\"source\":\"files\",\"target\":\"/f\"}]}";
    return ServiceReader.read("web", 5, json.getBytes(StandardCharsets.UTF_8));
  }

  private static Action.Pull pull() throws Exception {
    Service service = service();
    return new Action.Pull(
        "host1",
        "web.1",
        service.container().image(),
        service.container().mountedImages(),
        service.specHash(),
        service.container().pullPolicy(),
        "a test");
  }

  private static Action.Create create() throws Exception {
    Service service = service();
    Allocation record =
        new Allocation(
            "web.1", "host1", "web", service.specHash(), 5, 7, VirtualTime.START, "a test", 1);
    return new Action.Create("uuid", "host1", "web.1", record, service, "a test");
  }

  @Test
  @DisplayName("brings the images that are missing, so the create that lacked one succeeds")
  void brings() throws Exception {
    engine.pull("demo", text -> {});
    Throwable lacking = catchThrowable(() -> perform(create()));
    assertThat(calls.failed(create(), lacking))
        .isInstanceOfSatisfying(
            Outcome.Failed.class, failed -> assertThat(failed.fault()).isEqualTo(Fault.NO_IMAGE));
    assertThat(perform(pull())).isInstanceOf(Outcome.Pulled.class);
    assertThat(perform(create())).isInstanceOf(Outcome.Done.class);
  }

  @Test
  @DisplayName("does not move the tag of an image that is there")
  void stays() throws Exception {
    engine.pull("files", text -> {});
    List<String> before = engine.image("files").digests();
    registry.push("files");
    perform(pull());
    assertThat(engine.image("files").digests()).isEqualTo(before);
  }

  @Test
  @DisplayName("fails by the name of the image that cannot be pulled")
  void fails() throws Exception {
    Action.Pull good = pull();
    Action.Pull bad =
        new Action.Pull(
            good.host(),
            good.job(),
            good.image(),
            List.of("nowhere"),
            good.specHash(),
            good.policy(),
            good.reason());
    assertThat(perform(bad))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.error()).startsWith("cannot pull nowhere: "));
  }
}
