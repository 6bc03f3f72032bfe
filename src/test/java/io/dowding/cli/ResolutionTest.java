package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import io.dowding.compose.project.Project;
import io.dowding.compose.project.Project.ProjectService;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Names of a project that do not resolve")
class ResolutionTest {

  private static Project project(int services) {
    SortedMap<String, ProjectService> all = new TreeMap<>();
    for (int n = 0; n < services; n++) {
      String host = n < 2 ? "\"pin\":\"host" + n + "\"," : "";
      String json =
          "{\"image\":\"a\",\"networks\":[\"shop_default\"],\"x-dowding\":{"
              + host
              + "\"project\":\"shop\"}}";
      all.put("shop-s" + n, new ProjectService("s" + n, json, List.of()));
    }
    return new Project("shop", all, new TreeMap<>(), Set.of(), List.of(), List.of(), Set.of());
  }

  @Test
  @DisplayName("are found once per group, and fast in a project of 500 services")
  void large() {
    List<String> notes =
        assertTimeout(Duration.ofSeconds(15), () -> Resolution.notes(project(500)));

    assertThat(notes)
        .singleElement()
        .asString()
        .startsWith("pinned are s0 to host0 and s1 to host1:");
  }

  @Test
  @DisplayName("are those of more services than one host can run")
  void tooMany() {
    List<String> notes =
        assertTimeout(Duration.ofSeconds(15), () -> Resolution.notes(project(20_000)));

    assertThat(notes)
        .singleElement()
        .asString()
        .startsWith("20000 services share networks, too many for one host");
  }
}
