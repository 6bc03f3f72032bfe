package io.dowding.cli;

import io.dowding.compose.project.Project;
import io.dowding.keys.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code down}: removes a Compose project, as {@code up} wrote it; volumes stay. */
@Command(
    name = "down",
    description =
        "Removes the services of a Compose project, and the configs and secrets that up wrote for them."
            + " Volumes stay.",
    footer = {"Example:", "  dowding down -p shop --wait"},
    mixinStandardHelpOptions = true)
final class DownCommand extends ChangeCommand {

  @Mixin private ProjectArguments arguments = new ProjectArguments();

  @Override
  int run() throws Exception {
    String given = arguments.name();
    Project project = given == null ? arguments.load(List.of()).project() : null;
    String name = project == null ? String.valueOf(given) : project.name();
    List<String> removed = new ArrayList<>();
    Set<String> left = new TreeSet<>();
    AtomicInteger before = new AtomicInteger();
    scheduler()
        .edit(
            edit -> {
              NavigableMap<String, String> services = edit.services();
              before.set(services.size());
              ProjectServices there = new ProjectServices(name, services);
              List<String> ours = there.ours();
              ours.forEach(service -> edit.remove(Key.SERVICES + service));
              there.unused(ours, null).forEach(edit::remove);
              left.clear();
              left.addAll(there.doubtful(ours, null));
            })
        .keySet()
        .forEach(key -> removed.add(UpCommand.called(key)));
    List<String> lines = new ArrayList<>();
    removed.forEach(id -> lines.add(id + ": removed"));
    left.forEach(key -> lines.add(ProjectServices.stays(key)));
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
    if (removed.isEmpty()) {
      return NO;
    }
    List<String> services = removed.stream().filter(id -> !id.contains("/")).toList();
    sayIfHeld(services.size(), before.get());
    return finish(services);
  }
}
