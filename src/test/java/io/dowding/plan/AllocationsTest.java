package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Allocation;
import io.dowding.model.Service;
import java.util.Collection;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Indexes of what exists: each change keeps them the same as if they were built again. */
class AllocationsTest {

  @Nested
  @DisplayName("Records")
  class Records {

    private final Allocations records = new Allocations();

    private void put(String job, String service, String host) {
      records.put(new Allocation(job, host, service, "1-x", 1, 1, Scene.NOW, "", 1));
    }

    private static Stream<String> jobs(Collection<Allocation> some) {
      return some.stream().map(Allocation::job);
    }

    @Test
    @DisplayName("are found by job, service and host")
    void found() {
      put("web.2", "web", "a");
      put("web.1", "web", "b");
      put("db.1", "db", "a");
      assertThat(records.has("web.1")).isTrue();
      assertThat(records.has("web.3")).isFalse();
      assertThat(jobs(records.of("web"))).containsExactly("web.1", "web.2");
      assertThat(jobs(records.on("a"))).containsExactly("db.1", "web.2");
      assertThat(records.of("we")).isEmpty();
      assertThat(records.on("c")).isEmpty();
      assertThat(records.services()).containsExactlyInAnyOrder("db", "web");
      assertThat(records.all()).containsOnlyKeys("db.1", "web.1", "web.2");
    }

    @Test
    @DisplayName("of a job that moved are found only at its new place")
    void moved() {
      put("web.1", "web", "a");
      put("web.1", "other", "b");
      assertThat(records.on("a")).isEmpty();
      assertThat(jobs(records.on("b"))).containsExactly("web.1");
      assertThat(records.services()).containsExactly("other");
    }

    @Test
    @DisplayName("that were removed are found nowhere, and the others still are")
    void removed() {
      put("web.1", "web", "a");
      put("web.2", "web", "a");
      records.remove("web.1");
      records.remove("web.3");
      assertThat(records.get("web.1")).isNull();
      assertThat(jobs(records.of("web"))).containsExactly("web.2");
      assertThat(jobs(records.on("a"))).containsExactly("web.2");
      records.remove("web.2");
      assertThat(records.services()).isEmpty();
      assertThat(records.on("a")).isEmpty();
    }
  }

  @Nested
  @DisplayName("Services of projects")
  class OfProjects {

    private final Projects projects = new Projects();

    private static Service service(String name, String project) {
      return Scene.read(name, 1, "\"x-dowding\":{\"project\":\"" + project + "\"}");
    }

    private Stream<String> of(String project) {
      return projects.of(project).stream().map(Service::name);
    }

    @Test
    @DisplayName("are found by project, and a change concerns the old and the new one")
    void change() {
      assertThat(projects.put("web", service("web", "shop"))).containsExactly("shop");
      assertThat(projects.put("db", service("db", "shop"))).containsExactly("shop");
      assertThat(of("shop")).containsExactly("db", "web");
      assertThat(projects.put("web", service("web", "blog")))
          .containsExactlyInAnyOrder("blog", "shop");
      assertThat(of("shop")).containsExactly("db");
      assertThat(of("blog")).containsExactly("web");
    }

    @Test
    @DisplayName("leave when they are deleted or have no project any more")
    void leave() {
      projects.put("web", service("web", "shop"));
      projects.put("db", service("db", "shop"));
      assertThat(projects.put("web", Scene.read("web", 1))).containsExactly("shop");
      assertThat(of("shop")).containsExactly("db");
      assertThat(projects.put("db", null)).containsExactly("shop");
      assertThat(projects.put("db", null)).isEmpty();
      assertThat(of("shop")).isEmpty();
    }
  }
}
