package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.ServiceReader;
import io.dowding.model.Allocation;
import io.dowding.model.ContainerSpec.PullPolicy;
import io.dowding.model.Policy;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PerformerTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  /** An implementation whose calls all fail the test. */
  private static <T> T neverAsked(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new AssertionError(method.getName() + " was called");
            }));
  }

  @Test
  @DisplayName("the policy is checked again just before a container is created")
  void policy() throws Exception {
    Performer performer =
        new Performer(
            neverAsked(Store.class),
            neverAsked(Engines.class),
            () -> NOW,
            seen -> {},
            Policy.STRICT);
    Service service =
        ServiceReader.read(
            "web",
            5,
            "{\"image\":\"demo:1\",\"privileged\":true}".getBytes(StandardCharsets.UTF_8));
    Allocation record =
        new Allocation("web.1", "host1", "web", service.specHash(), 5, 7, NOW, "a test", 1);

    Event ended =
        performer.perform(new Action.Create("uuid", "host1", "web.1", record, service, "a test"));

    assertThat(ended)
        .isInstanceOfSatisfying(
            Event.CallEnded.class,
            call ->
                assertThat(call.outcome())
                    .isInstanceOfSatisfying(
                        Event.Outcome.Failed.class,
                        failed -> {
                          assertThat(failed.fault()).isEqualTo(Fault.SPEC);
                          assertThat(failed.error()).contains("policy.allow", "privileged");
                        }));
  }

  @Test
  @DisplayName("a bug ends the call like a lost answer")
  void mistake() {
    Performer performer =
        new Performer(
            neverAsked(Store.class), throwing(Engines.class), () -> NOW, seen -> {}, Policy.STRICT);
    Action.Pull pull =
        new Action.Pull("host1", "web.1", "demo:1", List.of(), "1-x", PullPolicy.MISSING, "a test");

    assertThat(performer.perform(pull))
        .isInstanceOfSatisfying(
            Event.CallEnded.class,
            ended ->
                assertThat(ended.outcome())
                    .isInstanceOfSatisfying(
                        Event.Outcome.Failed.class,
                        failed -> assertThat(failed.fault()).isEqualTo(Fault.LOST)));
  }

  private static <T> T throwing(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new IllegalStateException("a mistake");
            }));
  }
}
