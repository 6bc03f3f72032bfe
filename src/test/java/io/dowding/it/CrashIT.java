package io.dowding.it;

import static io.dowding.it.TestCluster.SOON;
import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.it.CrashingAgent.Point;
import io.dowding.it.TestCluster.Seen;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("The agent killed and started again")
class CrashIT {

  private final TestCluster cluster = new TestCluster(3);

  @AfterEach
  void clean() {
    cluster.close();
  }

  private Process agent(Point point) {
    return ChildJvm.start(
        CrashingAgent.class,
        cluster.directory().resolve("agent.log"),
        cluster.configFile().toString(),
        point.name());
  }

  /** The id and start time of each running job; a restart changes them. */
  private Map<String, String> runs() {
    Map<String, String> runs = new TreeMap<>();
    cluster
        .containers()
        .forEach(
            (job, seen) -> {
              if (seen.state().equals("running")) {
                runs.put(job, run(seen));
              }
            });
    return runs;
  }

  private static String run(Seen seen) {
    return seen.id() + " " + seen.host().inspect(seen.id()).getState().getStartedAt();
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("unfinished work is finished, nothing is duplicated, nothing restarts")
  @EnumSource(names = "NEVER", mode = EnumSource.Mode.EXCLUDE)
  void atOnePoint(Point point) throws Exception {
    cluster.startAgent();
    cluster.put("services/steady", service(replicas(3)));
    boolean ends = point == Point.DURING_STOP || point == Point.AFTER_REMOVAL;
    if (ends) {
      cluster.put("services/web", service(replicas(2)));
      cluster.awaitRunning("web");
    }
    cluster.awaitRunning("steady");
    cluster.stopAgent();
    Map<String, String> before = runs();
    before.keySet().removeIf(job -> job.startsWith("web."));

    Process dying = agent(point);
    if (ends) {
      cluster.put("services/web", service(replicas(2), "\"environment\":{\"V\":\"2\"}"));
    } else if (point == Point.DURING_PULL) {
      String image = Testbed.shared().registryImage("crash");
      cluster.put(
          "services/web",
          "{\"image\":\"" + image + "\",\"command\":[\"serve\"],\"deploy\":{\"replicas\":2}}");
    } else {
      cluster.put("services/web", service(replicas(2)));
    }
    assertThat(dying.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(dying.exitValue()).isEqualTo(137);
    before.putAll(onlyCurrent(runs(), before));
    cluster.startAgent();
    cluster.awaitRunning("web");
    cluster.awaitRunning("steady");

    assertThat(cluster.containers()).hasSize(5);
    assertThat(runs()).containsAllEntriesOf(before);
  }

  /** Keeps only the jobs that are not being replaced. */
  private static Map<String, String> onlyCurrent(
      Map<String, String> runs, Map<String, String> before) {
    Map<String, String> kept = new TreeMap<>(runs);
    kept.keySet().retainAll(before.keySet());
    return kept;
  }

  @Test
  @DisplayName("at 20 random moments of a deployment of 24 jobs")
  void atRandomMoments() throws Exception {
    Random random = new Random(20141122);
    int kills = 0;
    for (int round = 1; kills < 20; round++) {
      String name = "round" + round;
      cluster.put("services/" + name, service(replicas(24)));
      Map<String, String> ran = new TreeMap<>();
      boolean done = false;
      while (!done && kills < 20) {
        Process agent = agent(Point.NEVER);
        done = agent.waitFor(900 + random.nextInt(1300), TimeUnit.MILLISECONDS);
        assertThat(done).as("the agent runs until it is killed").isFalse();
        agent.destroyForcibly().onExit().join();
        kills++;
        Map<String, String> now = runs();
        assertThat(now).as("running jobs were not restarted").containsAllEntriesOf(ran);
        ran = now;
        done = now.size() == 24;
      }
      Process last = agent(Point.NEVER);
      await()
          .atMost(SOON.plus(Duration.ofSeconds(30)))
          .until(() -> cluster.status(name).path("state").asText().equals("running"));
      assertThat(runs()).hasSize(24).containsAllEntriesOf(ran);
      assertThat(cluster.containers()).hasSize(24);
      cluster.delete("services/" + name);
      await().atMost(SOON).until(() -> cluster.containers().isEmpty());
      last.destroyForcibly().onExit().join();
    }
  }
}
