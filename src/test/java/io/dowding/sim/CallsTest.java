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
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A call")
class CallsTest {

  private static final Duration LEASE = Duration.ofSeconds(10);

  private static final Action.Basis BASIS =
      new Action.Basis("uuid", "web", 5, Map.of(), "web.1", 1, Action.Basis.Condition.ANY);

  private final VirtualTime time = new VirtualTime();
  private final FakeEngine engine = new FakeEngine(time, "engine", new FakeRegistry("demo"));
  private final Calls calls = new Calls(() -> VirtualTime.START.plusMillis(time.now()), "/base");

  /** Calls an engine behind this one. */
  private EngineApi through(InvocationHandler behavior) {
    return (EngineApi)
        Proxy.newProxyInstance(
            EngineApi.class.getClassLoader(), new Class<?>[] {EngineApi.class}, behavior);
  }

  /** An engine whose inspect calls take longer than the lease. */
  private final EngineApi slow =
      through(
          (proxy, method, arguments) -> {
            Object answer = method.invoke(engine, arguments);
            if (method.getName().equals("inspect")) {
              time.pass(LEASE.multipliedBy(2));
            }
            return answer;
          });

  /** An engine that accepts every change, and makes none. */
  private final EngineApi idle =
      through(
          (proxy, method, arguments) ->
              method.getName().equals("inspect") ? method.invoke(engine, arguments) : null);

  private Outcome perform(Action.OnHost action, EngineApi at) throws InterruptedException {
    Instant until = VirtualTime.START.plusMillis(time.now()).plus(LEASE);
    return calls.perform(action, at, until, text -> {});
  }

  /** Creates a container of web.1, and returns its id. */
  private String create() throws Exception {
    engine.pull("demo", text -> {});
    Service service =
        ServiceReader.read("web", 5, "{\"image\":\"demo\"}".getBytes(StandardCharsets.UTF_8));
    Allocation record =
        new Allocation(
            "web.1", "host1", "web", service.specHash(), 5, 7, VirtualTime.START, "a test", 1);
    return engine.create("uuid", "/base", record, service.container());
  }

  @Test
  @DisplayName("changes nothing when its agent resumes after its lease")
  void changesNothing() throws Exception {
    String id = create();
    assertThat(perform(new Action.Remove("host1", "web.1", id, BASIS, "a test"), slow))
        .isInstanceOfSatisfying(
            Outcome.Failed.class, late -> assertThat(late.fault()).isEqualTo(Fault.STALE));
    assertThat(engine.inspect(id)).isNotNull();

    engine.start(id);
    assertThat(perform(new Action.Signal("host1", "web.1", id, "KILL", BASIS, "a test"), slow))
        .isInstanceOf(Outcome.Failed.class);
    assertThat(engine.inspect(id).state()).isEqualTo(Container.State.RUNNING);
  }

  @Test
  @DisplayName("has failed if the engine shows the container as before")
  void vain() throws Exception {
    String id = create();
    Action.Start start =
        new Action.Start("host1", "web.1", id, new TreeMap<>(), List.of(), "a test");
    Action.Remove remove = new Action.Remove("host1", "web.1", id, BASIS, "a test");
    assertThat(List.of(perform(start, idle), perform(remove, idle)))
        .allSatisfy(
            outcome ->
                assertThat(outcome)
                    .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.fault()).isEqualTo(Fault.HOST)));
    assertThat(perform(start, engine)).isInstanceOf(Outcome.Done.class);
  }
}
