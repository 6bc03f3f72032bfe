package io.dowding.cli;

import io.dowding.Scheduler;
import io.dowding.ServiceInfo;
import io.dowding.compose.project.Project;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code down}: removes the services of a Compose project; volumes stay. */
@Command(
    name = "down",
    description = "Removes the services of a Compose project. Volumes, configs and secrets stay.",
    mixinStandardHelpOptions = true)
final class DownCommand extends SchedulerCommand {

  @Mixin private ProjectArguments arguments = new ProjectArguments();

  @Override
  int run(Scheduler scheduler) throws Exception {
    String given = arguments.name();
    Project project = given == null ? arguments.load(List.of()).project() : null;
    String name = project == null ? String.valueOf(given) : project.name();
    List<String> removed = new ArrayList<>();
    for (ServiceInfo service : scheduler.listServices()) {
      if (!name.isEmpty() && ProjectServices.projectOf(service).equals(name)) {
        scheduler.removeService(service.id());
        removed.add(service.id());
      }
    }
    List<String> lines = new ArrayList<>();
    removed.forEach(id -> lines.add(id + ": removed"));
    if (removed.isEmpty()) {
      if (project != null) {
        lines.addAll(project.problems());
      }
      lines.add(
          name.isEmpty()
              ? "no project found; name it with -p NAME"
              : "project " + name + " has no services");
    }
    say(lines, Map.of("project", name, "removed", removed));
    return removed.isEmpty() ? NOTHING : 0;
  }
}
