package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.keys.HostStatus;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.ServiceStatus.JobStatus;
import io.dowding.model.PreStart;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CensusTest {

  private final Census.Taker taker = new Census.Taker();

  @SuppressWarnings("NullAway") // etcd may hold a job without a state.
  private static JobStatus job(@Nullable String state) {
    return new JobStatus(
        null, null, null, null, state, null, null, null, null, null, null, null, null, null, null);
  }

  private static ServiceStatus service(int running, Map<String, JobStatus> jobs) {
    SortedMap<String, JobStatus> all = new TreeMap<>(jobs);
    return new ServiceStatus("running", 2, running, 1, 1, null, null, null, all);
  }

  @SuppressWarnings("NullAway") // etcd may hold a host without a setting.
  private static HostStatus host(@Nullable String setting) {
    return new HostStatus(
        "up", null, null, setting, null, null, 0, 0, 0, 0, null, null, null, null, null, null);
  }

  @Test
  @DisplayName("completed jobs are counted, but not steps of pre_start, which always complete")
  void completed() {
    ServiceStatus status =
        service(
            1,
            Map.of(
                "web.1",
                job("completed"),
                "web.2",
                job("running"),
                PreStart.job("web", 0),
                job("completed")));
    taker.changed(null, status);
    Census census = taker.take();
    assertThat(census.completed()).isEqualTo(1);
    assertThat(census.jobs()).isEqualTo(Map.of("completed", 2, "running", 1));
    taker.changed(status, null);
    assertThat(taker.take().completed()).isZero();
  }

  @Test
  @DisplayName("a status in etcd that lacks a state is counted without it")
  void lacking() {
    ServiceStatus status = service(2, new TreeMap<>(Map.of("web.1", job(null))));
    taker.changed(null, status);
    taker.changed(null, host(null));
    Census census = taker.take();
    assertThat(census.jobs()).isEmpty();
    assertThat(census.running()).isEqualTo(2);
    assertThat(census.hosts()).isEqualTo(Map.of("up", 1));
    assertThat(census.settings()).isEmpty();
    taker.changed(status, service(0, Map.of()));
    assertThat(taker.take().running()).isZero();
  }
}
