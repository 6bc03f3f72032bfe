package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.ServiceReader;
import io.dowding.control.Preview;
import io.dowding.keys.HostStatus;
import io.dowding.keys.Versions;
import io.dowding.model.Allocation;
import io.dowding.model.ContainerSpec.PullPolicy;
import io.dowding.model.Pin;
import io.dowding.plan.Action;
import io.dowding.plan.JobView;
import io.dowding.plan.Plan;
import io.dowding.plan.ServicePlan;
import io.dowding.plan.Situations;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A printed plan")
class PlanTextTest {

  private static Versions.Definition definition(long generation, String json) throws Exception {
    return new Versions.Definition(
        ServiceReader.read("web", generation, json.getBytes(StandardCharsets.UTF_8)), json, "");
  }

  private static Allocation record(String job, String host, String why) {
    String service = job.substring(0, job.indexOf('.'));
    return new Allocation(job, host, service, "1-x", 2, 9, Instant.EPOCH, why, 0);
  }

  private static JobView waiting(String job, boolean current) {
    return new JobView(
        job,
        "host1",
        null,
        JobView.State.RUNNING,
        "waiting for the other jobs: the definition changed",
        null,
        current,
        false);
  }

  private static Preview preview() throws Exception {
    Action.Basis basis =
        new Action.Basis("c", "gone", 0, Map.of(), "gone.1", 5, Action.Basis.Condition.ANY);
    List<Action> actions =
        List.of(
            new Action.Allocate(
                List.of(
                    new Action.Change.Put(
                        record("web.10", "host2", "best fit: 1 job of this service, load 2")),
                    new Action.Change.Forget(record("gone.2", "host3", ""), "host3 is gone")),
                7),
            new Action.Pull(
                "host1",
                "web.1",
                "demo:2",
                List.of(),
                "1-x",
                PullPolicy.MISSING,
                "the definition changed"),
            new Action.Remove("host1", "gone.1", "id", basis, "the service was removed"),
            new Action.WritePin("db.1", new Pin.ToHost("host2", true), 0));
    SortedMap<String, JobView> jobs = new TreeMap<>();
    jobs.put("web.1", waiting("web.1", false));
    jobs.put("web.2", waiting("web.2", false));
    jobs.put("db.1", waiting("db.1", true));
    SortedMap<String, HostStatus.Hold> holds = new TreeMap<>();
    holds.put(
        "deletions", new HostStatus.Hold("api, www", "many services were deleted at once", ""));
    String before =
        "{\"image\":\"demo:1\",\"environment\":{\"A\":\"1\"},\"deploy\":{\"replicas\":2}}";
    String after = "{\"deploy\":{\"replicas\":3},\"image\":\"demo:2\"}";
    Versions versions = new Versions(definition(2, after), definition(1, before), null);
    // By which service they are kept does not matter here.
    ServicePlan plan = new ServicePlan(jobs, null, Set.of(), null, ServicePlan.NOTHING.reads());
    return new Preview(
        new Plan(actions, new TreeMap<>(Map.of("web", plan))),
        Map.of("web", versions),
        holds,
        Situations.withHosts());
  }

  @Test
  @DisplayName("equals the golden file")
  void golden() throws Exception {
    assertThat(PlanText.of(preview(), List.of(), false))
        .isEqualTo(Files.readAllLines(Path.of("src/test/resources/golden/plan.txt")));
  }

  @Test
  @DisplayName("covers only the requested services, and is empty if there is nothing to do")
  void some() throws Exception {
    assertThat(PlanText.of(preview(), List.of("db"), false))
        .containsExactly(
            "held (deletions): api, www: many services were deleted at once",
            "db",
            "  db.1: pin to host2: its data is there");
    Plan nothing = new Plan(List.of(), new TreeMap<>());
    assertThat(
            PlanText.of(
                new Preview(nothing, Map.of(), new TreeMap<>(), Situations.withHosts()),
                List.of(),
                false))
        .isEmpty();
  }
}
