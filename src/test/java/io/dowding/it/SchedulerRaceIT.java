package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("two-at-a-time")
@DisplayName("Several schedulers at the same time")
class SchedulerRaceIT {

  private final Testbed bed = Testbed.shared();
  private final TestCluster cluster = new TestCluster(3);

  @AfterEach
  void clean() {
    cluster.close();
  }

  private Path said(int process) {
    return cluster.configFile().resolveSibling("said" + process);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The jobs of each host after 8 processes have allocated at the same time. */
  private Map<String, List<String>> allocateAtOnce(String pattern, int each) throws Exception {
    cluster.writeInventory(bed.hosts(Testbed.HOSTS));
    List<Process> processes = new ArrayList<>();
    for (int n = 0; n < 8; n++) {
      processes.add(
          ChildJvm.start(
              AllocatingProcess.class,
              said(n),
              bed.etcdEndpoint(),
              cluster.base(),
              cluster.configFile().resolveSibling("inventory.yaml").toString(),
              pattern.replace("PROCESS", "p" + n),
              Integer.toString(each)));
    }
    try {
      for (Process process : processes) {
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(() -> read(said(processes.indexOf(process)))).isZero();
      }
    } finally {
      processes.forEach(Process::destroy);
    }
    Map<String, List<String>> byHost = new TreeMap<>();
    cluster
        .all("allocations/")
        .keySet()
        .forEach(
            key ->
                byHost
                    .computeIfAbsent(
                        cluster.json(key).path("host").asText(), h -> new ArrayList<>())
                    .add(key.substring("allocations/".length())));
    return byHost;
  }

  @Test
  @DisplayName("1,000 allocations from 8 processes spread over 10 equal hosts to within one job")
  void even() throws Exception {
    Map<String, List<String>> byHost = allocateAtOnce("PROCESS-%d", 125);

    assertThat(byHost).hasSize(10);
    assertThat(byHost.values()).allMatch(jobs -> jobs.size() >= 99 && jobs.size() <= 101);
    assertThat(byHost.values().stream().mapToInt(List::size).sum()).isEqualTo(1000);
  }

  @Test
  @DisplayName("never violate an exclusion")
  void exclusive() throws Exception {
    Map<String, List<String>> byHost = allocateAtOnce("group%d.PROCESS", 30);

    assertThat(byHost.values().stream().mapToInt(List::size).sum()).isEqualTo(240);
    byHost
        .values()
        .forEach(
            jobs ->
                assertThat(
                        jobs.stream()
                            .map(job -> job.substring(0, job.indexOf('.')))
                            .collect(Collectors.toSet()))
                    .hasSameSizeAs(jobs));
  }
}
