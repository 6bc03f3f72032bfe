package io.dowding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A scheduler, without asking etcd,")
class SchedulerTest {

  private static Scheduler closed() {
    Scheduler scheduler = Scheduler.builder().build();
    scheduler.close();
    return scheduler;
  }

  static Stream<Named<ThrowingCallable>> calls() {
    Scheduler scheduler = closed();
    return Stream.of(
        Named.of("leastBusy", scheduler::leastBusy),
        Named.of("allocate", () -> scheduler.allocate("web.a")),
        Named.of("release", () -> scheduler.release("web.a")),
        Named.of("pin", () -> scheduler.pin("db", "host1")),
        Named.of("unpin", () -> scheduler.unpin("db")),
        Named.of("isPinned", () -> scheduler.isPinned("db")),
        Named.of("pinTo", () -> scheduler.pinTo("cache", "db")),
        Named.of("addService", () -> scheduler.addService("web", Definition.image("a"))),
        Named.of("removeService", () -> scheduler.removeService("web")),
        Named.of("listServices", scheduler::listServices),
        Named.of("service", () -> scheduler.service("web")),
        Named.of(
            "await", () -> scheduler.await("web", ServiceInfo::isUpToDate, Duration.ofSeconds(1))),
        Named.of("find", () -> scheduler.find("web.a")),
        Named.of("watch", () -> scheduler.watch(change -> {})));
  }

  @ParameterizedTest
  @MethodSource("calls")
  @DisplayName("refuses every call after it is closed")
  void closed(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this scheduler is closed; build another one");
  }

  @SuppressWarnings("NullAway") // callers without a checker pass null
  static Stream<Arguments> nulls() {
    Scheduler scheduler = Scheduler.builder().build();
    return Stream.of(
        Arguments.of("id", (ThrowingCallable) () -> scheduler.allocate(null)),
        Arguments.of("parent", (ThrowingCallable) () -> scheduler.allocate("web.a", null)),
        Arguments.of("hostname", (ThrowingCallable) () -> scheduler.pin("db", null)),
        Arguments.of("target", (ThrowingCallable) () -> scheduler.pinTo("db", null)),
        Arguments.of(
            "definition", (ThrowingCallable) () -> scheduler.addService("web", (Definition) null)),
        Arguments.of("json", (ThrowingCallable) () -> scheduler.addService("web", (String) null)),
        Arguments.of("key", (ThrowingCallable) () -> scheduler.addContent(null, "a")),
        Arguments.of("content", (ThrowingCallable) () -> scheduler.addContent("configs/a", null)),
        Arguments.of("editing", (ThrowingCallable) () -> scheduler.edit(null)),
        Arguments.of("changed", (ThrowingCallable) () -> scheduler.watch(null)),
        Arguments.of(
            "condition",
            (ThrowingCallable) () -> scheduler.await("web", null, Duration.ofSeconds(1))),
        Arguments.of("timeout", (ThrowingCallable) () -> scheduler.await("web", web -> true, null)),
        Arguments.of("endpoints", (ThrowingCallable) () -> Scheduler.builder().etcd((String) null)),
        Arguments.of(
            "service",
            (ThrowingCallable) () -> scheduler.await(null, web -> true, Duration.ofSeconds(1))),
        Arguments.of("hostname", (ThrowingCallable) () -> DockerHost.of(null, "tcp://a:2375")),
        Arguments.of("image", (ThrowingCallable) () -> Definition.image(null)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nulls")
  @DisplayName("names an argument that is null")
  void nulls(String name, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(name);
  }

  @Test
  @DisplayName("accepts any field of a service as text, numbers, lists and maps")
  void anyField() {
    Definition web =
        Definition.image("nginx")
            .with("healthcheck", Map.of("test", List.of("CMD", "true")))
            .with("init", true);
    assertThat(web)
        .hasToString(
            "{\"image\":\"nginx\",\"healthcheck\":{\"test\":[\"CMD\",\"true\"]},\"init\":true}");
  }
}
