package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.ServiceReader;
import io.dowding.control.Event.Outcome;
import io.dowding.docker.Calls;
import io.dowding.docker.EngineApi;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An agent that is suspended in the middle of a call")
class LateCallsTest {

  private static final Duration LEASE = Duration.ofSeconds(10);

  private final VirtualTime time = new VirtualTime();
  private final FakeEngine engine = new FakeEngine(time, "engine", new FakeRegistry("demo"));
  private final Calls calls = new Calls(() -> VirtualTime.START.plusMillis(time.now()), "/base");

  /** An engine whose inspect calls take longer than the lease. */
  private final EngineApi slow =
      (EngineApi)
          Proxy.newProxyInstance(
              EngineApi.class.getClassLoader(),
              new Class<?>[] {EngineApi.class},
              (proxy, method, arguments) -> {
                Object answer = method.invoke(engine, arguments);
                if (method.getName().equals("inspect")) {
                  time.pass(LEASE.multipliedBy(2));
                }
                return answer;
              });

  private Outcome perform(Action.OnHost action) throws InterruptedException {
    Instant until = VirtualTime.START.plusMillis(time.now()).plus(LEASE);
    return calls.perform(action, slow, until, text -> {});
  }

  @Test
  @DisplayName("changes nothing when it resumes after its lease")
  void changesNothing() throws Exception {
    engine.pull("demo", text -> {});
    Service service =
        ServiceReader.read("web", 5, "{\"image\":\"demo\"}".getBytes(StandardCharsets.UTF_8));
    Allocation record =
        new Allocation(
            "web.1", "host1", "web", service.specHash(), 5, 7, VirtualTime.START, "a test", 1);
    String id = engine.create("uuid", "/base", record, service.container());
    Action.Basis basis =
        new Action.Basis(
            "uuid", "web", 5, Map.of(), "web.1", record.revision(), Action.Basis.Condition.ANY);

    assertThat(perform(new Action.Remove("host1", "web.1", id, basis, "a test")))
        .isInstanceOfSatisfying(
            Outcome.Failed.class, late -> assertThat(late.fault()).isEqualTo(Fault.STALE));
    assertThat(engine.inspect(id)).isNotNull();

    engine.start(id);
    assertThat(perform(new Action.Signal("host1", "web.1", id, "KILL", basis, "a test")))
        .isInstanceOf(Outcome.Failed.class);
    assertThat(engine.inspect(id).state()).isEqualTo(Container.State.RUNNING);
  }
}
