package io.dowding.cli;

import io.dowding.Scheduler;
import io.dowding.ServiceInfo;
import io.dowding.compose.project.Project;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code up}: a Compose project into etcd, as a whole or not at all. */
@Command(
    name = "up",
    aliases = "import",
    description = "Adds or changes the services of a Compose project.",
    mixinStandardHelpOptions = true)
final class UpCommand extends SchedulerCommand {

  @Mixin private ProjectArguments arguments = new ProjectArguments();

  @Parameters(
      arity = "0..*",
      paramLabel = "SERVICE",
      description = "Only these services, and those they depend on.")
  private List<String> services = List.of();

  @Option(names = "--prune", description = "Removes services that are no longer in the file.")
  private boolean prune;

  @Option(names = "--wait", description = "Waits until all services run.")
  private boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long --wait waits at most: ${DEFAULT-VALUE}.")
  private long timeout = 300;

  @Option(
      names = "--spread",
      description = "Places each service by itself: names then resolve on the same host only.")
  private boolean spread;

  @Override
  int run(Scheduler scheduler) throws Exception {
    ProjectArguments.Loaded loaded = arguments.load(services);
    Project project = spread ? loaded.project().spread() : loaded.project();
    List<String> notes = new ArrayList<>(project.notes());
    notes.addAll(Resolution.notes(project));
    List<String> lines = new ArrayList<>(notes);
    loaded.sent().forEach(file -> lines.add("the content of " + file + " goes to etcd"));
    List<String> problems = new ArrayList<>(project.problems());
    Map<String, ServiceInfo> there = new TreeMap<>();
    scheduler.listServices().forEach(service -> there.put(service.id(), service));
    problems.addAll(ProjectServices.taken(project, there));
    problems.addAll(ProjectServices.takenContents(project, there));
    Map<String, String> results = new TreeMap<>();
    if (problems.isEmpty()) {
      write(scheduler, project, results);
      results.forEach((name, result) -> lines.add(name + ": " + result));
      vanished(scheduler, project, there, lines);
    } else {
      lines.addAll(problems);
      lines.add("nothing was changed");
    }
    Map<String, Object> value = new TreeMap<>();
    value.put("project", project.name());
    value.put("results", results);
    value.put("notes", notes);
    value.put("problems", problems);
    say(lines, value);
    if (!problems.isEmpty()) {
      return 1;
    }
    return wait
        ? new Waiting(scheduler, line -> say(line, Map.of("waiting", line)))
            .forAll(project.services().keySet(), Duration.ofSeconds(timeout))
        : 0;
  }

  private static void write(Scheduler scheduler, Project project, Map<String, String> results) {
    project
        .contents()
        .forEach((key, text) -> results.put(key, word(scheduler.addContent(key, text))));
    project
        .services()
        .forEach(
            (name, service) ->
                results.put(name, word(scheduler.addService(name, service.definition()))));
  }

  private static String word(Scheduler.Added added) {
    return added.name().toLowerCase(Locale.ROOT);
  }

  private void vanished(
      Scheduler scheduler, Project project, Map<String, ServiceInfo> there, List<String> lines) {
    if (!services.isEmpty()) {
      return;
    }
    for (String name : ProjectServices.vanished(project, there)) {
      if (prune) {
        scheduler.removeService(name);
        lines.add(name + ": removed");
      } else {
        lines.add(name + " is no longer in the file; --prune removes it");
      }
    }
  }
}
