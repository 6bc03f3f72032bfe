package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.dowding.cli.Progress.Outcome;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Waiting for a service")
class ProgressTest {

  private static Progress of(String status) {
    return of(status, Expected.NOTHING);
  }

  private static Progress of(String status, Expected expected) {
    try {
      return Progress.of("web", 7, 7, DowdingCommand.read(status), expected);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Test
  @DisplayName("goes on until an agent has looked at just this definition")
  void unseen() {
    assertThat(Progress.of("web", 7, 0, MissingNode.getInstance(), Expected.NOTHING).outcome())
        .isNull();
    assertThat(of("{\"generation\":6,\"state\":\"running\"}").outcome()).isNull();
    assertThat(of("{\"generation\":7,\"state\":\"running\"}").outcome()).isEqualTo(Outcome.GOOD);
  }

  @Test
  @DisplayName("shows how many jobs are old, new, good and failed")
  void counts() {
    Progress half =
        of(
            """
            {"generation":7,"state":"updating","desired":3,
             "update":{"state":"updating","jobs":{"old":1,"replaced":2,"good":1,"failed":0}},
             "jobs":{"web.3":{"state":"running","reason":"waiting for the other jobs"}}}""");
    assertThat(half)
        .isEqualTo(
            new Progress("web", "updating", 1, 2, 1, 0, null, "web.3: waiting for the other jobs"));
  }

  @Test
  @DisplayName("ends as soon as an update has failed, with the reason")
  void failed() {
    Progress paused =
        of(
            """
            {"generation":7,"state":"degraded","message":"the update is paused",
             "update":{"state":"paused"}}""");
    assertThat(paused.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(paused.reason()).isEqualTo("the update is paused");
    assertThat(of("{\"generation\":7,\"state\":\"invalid\"}").outcome()).isEqualTo(Outcome.FAILED);
    assertThat(
            of("{\"generation\":7,\"state\":\"running\",\"update\":{\"state\":\"rolled back\"}}")
                .outcome())
        .isEqualTo(Outcome.FAILED);
  }

  @Test
  @DisplayName("ends if a job of a new service keeps failing")
  void crashes() {
    Progress once = of(crashing(1));
    assertThat(once.outcome()).isNull();
    Progress often = of(crashing(3));
    assertThat(often.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(often.reason()).isEqualTo("web.1: exited with 3");
  }

  private static String crashing(int times) {
    return """
        {"generation":7,"state":"degraded","jobs":
         {"web.1":{"state":"backoff","restarts":%d,"lastError":"exited with 3"}}}"""
        .formatted(times);
  }

  @Test
  @DisplayName("counts a container that is to be restarted as old")
  void restart() {
    String status =
        """
        {"generation":7,"state":"running","desired":1,"jobs":
         {"web.1":{"state":"running","incarnation":5}}}""";
    assertThat(of(status, Expected.restarts(Map.of("web.1", 5L))))
        .isEqualTo(new Progress("web", "running", 1, 0, 0, 0, null, ""));
    assertThat(of(status, Expected.restarts(Map.of("web.1", 4L))).outcome())
        .isEqualTo(Outcome.GOOD);
  }

  @Test
  @DisplayName("counts a job that is to move as old until it is there")
  void moves() {
    String status =
        """
        {"generation":7,"state":"running","desired":1,"jobs":
         {"web.1":{"state":"running","host":"host1"}}}""";
    assertThat(of(status, Expected.hosts(Map.of("web", "host2"))).old()).isEqualTo(1);
    assertThat(of(status, Expected.hosts(Map.of("web.1", "host1"))).outcome())
        .isEqualTo(Outcome.GOOD);
  }

  @Test
  @DisplayName("goes on until the jobs have been good for their monitor period")
  void monitor() throws JsonProcessingException {
    String running = "{\"generation\":7,\"state\":\"running\",\"desired\":1}";
    assertThat(Progress.of("web", 7, 6, DowdingCommand.read(running), Expected.NOTHING).outcome())
        .isNull();
    assertThat(of(running).outcome()).isEqualTo(Outcome.GOOD);
  }

  @Test
  @DisplayName("waits for the removal of one that was removed")
  void removed() {
    assertThat(Progress.of("web", 0, 0, MissingNode.getInstance(), Expected.NOTHING).outcome())
        .isEqualTo(Outcome.GOOD);
    assertThat(
            Progress.of(
                    "web",
                    0,
                    0,
                    DowdingCommand.JSON.createObjectNode().put("state", "removing"),
                    Expected.NOTHING)
                .outcome())
        .isNull();
  }

  @Test
  @DisplayName("ends where a removal is held, and says how to release it")
  void held() {
    Progress held =
        Progress.of(
            "web",
            0,
            0,
            DowdingCommand.JSON.createObjectNode().put("state", "held"),
            Expected.NOTHING);
    assertThat(held.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(held.reason()).isEqualTo("held: dowding release deletions");
  }
}
