package io.dowding.cli;

import io.dowding.Edit;
import io.dowding.compose.project.Project;
import io.dowding.keys.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code up}: a Compose project into etcd, as a whole or not at all. */
@Command(
    name = "up",
    aliases = "import",
    description = "Adds or changes the services of a Compose project.",
    footer = {"Example:", "  dowding up -f compose.yaml -p shop --wait"},
    mixinStandardHelpOptions = true)
final class UpCommand extends ChangeCommand {

  @Mixin private ProjectArguments arguments = new ProjectArguments();

  @Parameters(
      arity = "0..*",
      paramLabel = "SERVICE",
      description = "Only these services, and those they depend on.")
  private List<String> services = List.of();

  @Option(names = "--prune", description = "Removes services that are no longer in the file.")
  private boolean prune;

  @Option(
      names = "--spread",
      description = "Places each service by itself: names then resolve on the same host only.")
  private boolean spread;

  @Override
  int run() throws Exception {
    ProjectArguments.Loaded loaded = arguments.load(services);
    Project project = spread ? loaded.project().spread() : loaded.project();
    List<String> problems = new ArrayList<>();
    List<String> left = new ArrayList<>();
    Map<String, String> results = new TreeMap<>();
    scheduler()
        .edit(
            edit -> {
              problems.clear();
              left.clear();
              edit(project, edit, problems, left);
            })
        .forEach((key, result) -> results.put(called(key), result.name().toLowerCase(Locale.ROOT)));
    List<String> notes = new ArrayList<>(project.notes());
    notes.addAll(Resolution.notes(project));
    List<String> lines = new ArrayList<>(notes);
    loaded.sent().forEach(file -> lines.add("the content of " + file + " goes to etcd"));
    results.forEach((name, result) -> lines.add(name + ": " + result));
    lines.addAll(left);
    lines.addAll(problems);
    if (!problems.isEmpty()) {
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
    List<String> removed =
        results.keySet().stream()
            .filter(name -> "removed".equals(results.get(name)) && !name.contains("/"))
            .toList();
    sayIfHeld(removed.size(), removed.size() + Missing.names(keys(), Key.SERVICES).size());
    Set<String> changed = new TreeSet<>(project.services().keySet());
    changed.addAll(removed);
    return finish(changed);
  }

  /** Services go by their names. */
  static String called(String key) {
    return key.startsWith(Key.SERVICES) ? key.substring(Key.SERVICES.length()) : key;
  }

  /**
   * The whole project, or nothing where there is a problem.
   *
   * @param left says which services and contents stay though the files no longer have them
   */
  private void edit(Project project, Edit edit, List<String> problems, List<String> left) {
    ProjectServices there = new ProjectServices(project.name(), edit.services());
    problems.addAll(project.problems());
    problems.addAll(there.problems(project, edit::content));
    project
        .services()
        .forEach(
            (name, service) ->
                Admission.problems(config(), keys(), name, service.definition(), project.contents())
                    .forEach(
                        problem ->
                            problems.add("services." + service.composeName() + ": " + problem)));
    if (!problems.isEmpty()) {
      return;
    }
    project.contents().forEach((key, content) -> edit.putContent(key, content.bytes()));
    project.services().forEach((name, service) -> edit.putService(name, service.definition()));
    List<String> vanished = services.isEmpty() ? there.vanished(project) : List.of();
    if (prune) {
      vanished.forEach(name -> edit.remove(Key.SERVICES + name));
      there.unused(vanished, project).forEach(edit::remove);
      there.doubtful(vanished, project).forEach(key -> left.add(ProjectServices.stays(key)));
    } else {
      vanished.forEach(name -> left.add(name + " is no longer in the file; --prune removes it"));
    }
  }
}
