package io.dowding.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.RestartPolicy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LibraryJobsTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Allocation record(String job, String host, Instant since) {
    return new Allocation(job, host, "", "", 0, 1, since, "", 1);
  }

  private static Container container(String name) {
    return new Container(
        "id",
        name,
        "demo",
        Map.of(),
        false,
        Container.State.RUNNING,
        0,
        false,
        "",
        null,
        0,
        null,
        null,
        RestartPolicy.Kind.NO,
        "TERM",
        ContainerSpec.DEFAULT_STOP_GRACE,
        List.of());
  }

  @Test
  @DisplayName("a record counts until its container is seen, and for at most ten minutes")
  void load() {
    Allocation record = record("auth.a", "h", NOW);
    assertThat(LibraryJobs.isLoad(record, List.of(), NOW)).isTrue();
    assertThat(LibraryJobs.isLoad(record, List.of(container("auth.a")), NOW)).isFalse();
    assertThat(LibraryJobs.isLoad(record, List.of(container("other")), NOW)).isTrue();
    assertThat(LibraryJobs.isLoad(record, List.of(), NOW.plusSeconds(599))).isTrue();
    assertThat(LibraryJobs.isLoad(record, List.of(), NOW.plusSeconds(600))).isFalse();
  }

  @Test
  @DisplayName("the group is the part before the last dot; its jobs exclude each other")
  void exclusions() {
    List<Allocation> records =
        List.of(
            record("auth.a", "h1", NOW),
            record("auth2.a", "h2", NOW),
            record("author.x", "h3", NOW),
            record("auth", "h4", NOW),
            record("auth.a.b", "h5", NOW));
    assertThat(LibraryJobs.exclusions("auth.b", records, Map.of())).containsOnlyKeys("h1");
    assertThat(LibraryJobs.exclusions("auth.a", records, Map.of())).isEmpty();
    assertThat(LibraryJobs.exclusions("auth", records, Map.of())).isEmpty();
    assertThat(
            LibraryJobs.exclusions("auth.b", List.of(), Map.of("h9", List.of(container("auth.z")))))
        .containsEntry("h9", "auth.z runs there");
  }
}
