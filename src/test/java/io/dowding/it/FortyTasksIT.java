package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.cli.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The steps of {@code config/daily-work.md}, in their order. */
@DisplayName("Forty tasks of everyday work")
class FortyTasksIT {

  private static final Path TASKS = Path.of("config/daily-work.md");
  private static final Pattern TASK = Pattern.compile("([0-9]+)\\. (.*)");
  private static final Pattern STEP =
      Pattern.compile(" {3}(dowding|swarm|nomad|k8s|compose) +(.*)");

  /** Of {@code plan}: there is something to do. */
  private static final int CHANGES = 2;

  private static final String DEFINITION =
      """
      {"image": "demo:1", "ports": ["80"], "environment": {"A": "%d"},
       "command": ["sh", "-c", "echo begin; trap 'exit 0' TERM; sleep 1000 & wait"],
       "stop_signal": "SIGTERM", "stop_grace_period": "1s",
       "deploy": {"update_config": {"monitor": "1s"}}}
      """;

  private static final String PROJECT =
      """
      services:
        web:
          image: demo:1
          command: [serve]
          configs: [site]
      configs:
        site: {file: site.conf}
      """;

  /** A task with the steps of each system. */
  private record Task(String name, Map<String, List<String>> steps) {}

  private static List<Task> tasks() throws IOException {
    List<Task> tasks = new ArrayList<>();
    for (String line : Files.readAllLines(TASKS)) {
      Matcher task = TASK.matcher(line);
      Matcher step = STEP.matcher(line);
      if (task.matches()) {
        tasks.add(new Task(task.group(2), new TreeMap<>()));
      } else if (step.matches()) {
        tasks
            .getLast()
            .steps()
            .computeIfAbsent(step.group(1), system -> new ArrayList<>())
            .add(step.group(2));
      }
    }
    return tasks;
  }

  /** The cell of the table for these steps. */
  private static String cell(List<String> steps) {
    String first = steps.getFirst();
    if (first.equals("-")) {
      return "–";
    }
    if (first.startsWith("an add-on") || first.startsWith("another tool")) {
      return "add-on";
    }
    boolean isRepeated =
        steps.stream().anyMatch(step -> step.matches(".*(for each|again and again).*"));
    return steps.size() + (isRepeated ? "+" : "");
  }

  @Test
  @DisplayName("are counted in the table as they are listed")
  void counted() throws IOException {
    List<String> rows =
        Files.readAllLines(TASKS).stream()
            .filter(line -> line.matches("\\| [0-9]+ \\|.*"))
            .toList();
    List<Task> tasks = tasks();
    assertThat(tasks).hasSize(40);
    List<String> expected = new ArrayList<>();
    for (Task task : tasks) {
      List<String> cells = new ArrayList<>(List.of(""));
      cells.add(String.valueOf(expected.size() + 1));
      cells.add(task.name());
      for (String system : List.of("dowding", "swarm", "nomad", "k8s", "compose")) {
        cells.add(cell(task.steps().getOrDefault(system, List.of("-"))));
      }
      expected.add(String.join(" | ", cells).strip() + " |");
    }
    assertThat(rows).isEqualTo(expected);
  }

  @Test
  @DisplayName("are done by the commands that are listed for them")
  void done() throws IOException {
    try (TestCluster cluster = TestCluster.running(3)) {
      Path files = Files.createDirectory(cluster.directory().resolve("work"));
      Files.writeString(files.resolve("web.json"), DEFINITION.formatted(1));
      Files.writeString(files.resolve("compose.yaml"), PROJECT);
      Files.writeString(files.resolve("site.conf"), "one");
      cluster.put("services/app", TestCluster.service());
      cluster.put(
          "services/big",
          TestCluster.service(
              "\"deploy\":{\"resources\":{\"reservations\":{\"memory\":\"900g\"}}}"));
      for (Task task : tasks()) {
        for (String step : task.steps().getOrDefault("dowding", List.of())) {
          run(step, cluster, files);
        }
      }
      assertThat(cluster.containers().keySet()).noneMatch(job -> job.startsWith("web."));
      assertThat(cluster.all("services/").keySet())
          .containsExactlyInAnyOrder("services/app", "services/big");
    }
  }

  private static void run(String step, TestCluster cluster, Path files) throws IOException {
    if (step.startsWith("edit ")) {
      Path file = files.resolve(step.substring("edit ".length()));
      Files.writeString(file, step.endsWith(".json") ? DEFINITION.formatted(2) : "two");
      return;
    }
    String[] parts = step.split(" {2}# ", 2);
    String[] words = parts[0].replaceFirst("^dowding ", "").split(" ", -1);
    for (int n = 0; n < words.length; n++) {
      if (words[n].matches("web\\.json|compose\\.yaml")) {
        words[n] = files.resolve(words[n]).toString();
      }
      // Another name of the only image.
      words[n] = words[n].replace("nginx:1.30", "docker.io/library/demo:1");
    }
    Ran ran = Ran.dowding(cluster.configFile(), words);
    boolean isPlan = words[0].equals("plan") && ran.status() == CHANGES;
    // It finds that these hosts have no encryption.
    boolean finds = words[0].equals("doctor") && ran.status() == 1;
    assertThat(isPlan || finds || ran.status() == 0).as("%s: %s", step, ran).isTrue();
    if (parts.length > 1) {
      assertThat(ran.output()).as(step).contains(parts[1]);
    }
  }
}
