package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.ServiceReader;
import io.dowding.control.Event.Outcome;
import io.dowding.model.Allocation;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LostCallsTest {

  private final Calls calls = new Calls(InstantSource.system(), "/base");

  private static Action.Create create(String fields) throws Exception {
    String json = "{\"image\":\"demo\"" + fields + "}";
    Service service = ServiceReader.read("web", 1, json.getBytes(StandardCharsets.UTF_8));
    Allocation record =
        new Allocation("web.1", "host1", "web", "1-x", 3, 7, Instant.EPOCH, "why", 0);
    return new Action.Create("c", "host1", "web.1", record, service, "why");
  }

  private String lost(Action.OnHost action) {
    Outcome outcome = calls.failed(action, new TimeoutException("no answer within 10 s"));
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    Outcome.Failed failed = (Outcome.Failed) outcome;
    assertThat(failed.fault()).isEqualTo(Fault.LOST);
    return failed.error();
  }

  @Test
  @DisplayName(
      "after a create without an answer, the error says how long it waited and which plugin may be"
          + " missing")
  void create() throws Exception {
    assertThat(lost(create("")))
        .isEqualTo("no answer within 10 s; the engine may still be working on it");
    assertThat(lost(create(",\"logging\":{\"driver\":\"loki\"}")))
        .isEqualTo(
            "no answer within 10 s; the engine may still be looking for log driver loki: is the"
                + " plugin installed and enabled there?");
    assertThat(
            lost(
                create(
                    ",\"volumes\":[\"n:/n\"],\"x-dowding\":{\"volumes\":{\"n\":{\"driver\":\"nfs\"}}}")))
        .contains("volume driver nfs");
  }

  @Test
  @DisplayName("after a start without an answer, the error points to the engine's log")
  void start() {
    assertThat(lost(new Action.Start("host1", "web.1", "c1", new TreeMap<>(), List.of(), "why")))
        .startsWith("no answer within 10 s; ")
        .contains("see its log");
  }
}
