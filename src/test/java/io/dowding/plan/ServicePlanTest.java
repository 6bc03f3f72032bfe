package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Two plans of a service")
class ServicePlanTest {

  private static JobView view(String job, String host) {
    return new JobView(job, host, null, JobView.State.STARTING, "why", null, true, false);
  }

  private static RolloutView rollout(RolloutView.State state) {
    return new RolloutView(state, "", List.of(), new RolloutView.Count(0, 1, 1, 0), Set.of());
  }

  private static ServicePlan plan(
      List<JobView> jobs, RolloutView.State state, Set<String> spared, @Nullable Instant wake) {
    TreeMap<String, JobView> views = new TreeMap<>();
    jobs.forEach(job -> views.put(job.job(), job));
    return new ServicePlan(views, rollout(state), spared, wake, ServicePlan.NOTHING.reads());
  }

  private static ServicePlan plan(JobView... jobs) {
    return plan(List.of(jobs), RolloutView.State.GOOD, Set.of(), Scene.NOW);
  }

  @Test
  @DisplayName("differ in a job, whose host, state and reason are shown")
  void jobs() {
    ServicePlan one = plan(view("web.1", "a"), view("web.2", "a"));
    assertThat(one.differenceTo(plan(view("web.1", "a"), view("web.2", "b"))))
        .isEqualTo("web.2 was STARTING on a (why), should be STARTING on b (why)");
    assertThat(one.differenceTo(plan(view("web.1", "a"))))
        .isEqualTo("web.2 was STARTING on a (why), should be not there");
    assertThat(plan().differenceTo(one))
        .isEqualTo("web.1 was not there, should be STARTING on a (why)");
  }

  @Test
  @DisplayName("differ in the update, the orphans that are spared, or when the next is due")
  void others() {
    ServicePlan one = plan();
    assertThat(one.differenceTo(plan())).isNull();
    assertThat(one.differenceTo(plan(List.of(), RolloutView.State.FAILED, Set.of(), Scene.NOW)))
        .startsWith("its update was RolloutView[state=GOOD")
        .contains(", should be RolloutView[state=FAILED");
    assertThat(one.differenceTo(plan(List.of(), RolloutView.State.GOOD, Set.of("x.1"), Scene.NOW)))
        .isEqualTo("spared were [], should be [x.1]");
    assertThat(one.differenceTo(plan(List.of(), RolloutView.State.GOOD, Set.of(), null)))
        .isEqualTo("the next plan was due at " + Scene.NOW + ", should be null");
  }

  @Test
  @DisplayName("are nothing if neither contains anything")
  void nothing() {
    assertThat(ServicePlan.NOTHING.isNothing()).isTrue();
    assertThat(plan().isNothing()).isFalse();
  }
}
