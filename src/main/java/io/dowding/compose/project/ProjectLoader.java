package io.dowding.compose.project;

import io.dowding.compose.project.Project.ProjectService;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import io.dowding.model.Content;
import io.dowding.model.Printable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads a Compose project as {@code docker compose} would, and turns it into definitions. */
public final class ProjectLoader {

  private static final int SHOWN = 60;

  private final ProjectOptions options;
  private final ProjectFiles files;
  private final Messages notes = new Messages();
  private final Messages problems = new Messages();
  private final Messages missing = new Messages();

  private ProjectLoader(ProjectOptions options, ProjectFiles files) {
    this.options = options;
    this.files = files;
  }

  /** Never throws for bad content of files; the project's problems report it. */
  public static Project load(ProjectOptions options, ProjectFiles files) {
    ProjectLoader loader = new ProjectLoader(options, files);
    try {
      return loader.project();
    } catch (FileProblem broken) {
      loader.problems.add(String.valueOf(broken.getMessage()));
    } catch (RuntimeException | StackOverflowError strange) {
      loader.problems.add("cannot be read: " + strange);
    }
    return Project.broken(loader.notes.list(), loader.problems.list());
  }

  private Project project() {
    if (options.name() != null && !ProjectName.isName(options.name())) {
      throw new FileProblem(
          "\""
              + options.name()
              + "\" is not a project's name: lower case letters, digits, _ and -");
    }
    List<Path> envFiles = envFiles();
    Map<String, String> around =
        Environment.of(
            options.workingDirectory(), envFiles, options.environment(), files, new TreeMap<>());
    List<Path> found = ProjectFinder.files(options, around, files);
    Path directory = ProjectFinder.directory(options, found);
    ProjectTree reader = new ProjectTree(files, problems);
    Map<String, String> environment =
        Environment.of(directory, envFiles, options.environment(), files, reader.unset());
    String name = name(reader.declaredName(found, directory, environment), directory, environment);
    environment.put("COMPOSE_PROJECT_NAME", name);
    Mapping read = reader.of(found, directory, environment);
    Set<String> broken = new KindCheck(reader.failed(), problems).file(read);
    Mapping tree = withoutBroken(read, broken);
    Profiles profiles = Profiles.of(options, environment);
    ProjectContext context =
        new ProjectContext(
            name,
            tree,
            directory,
            environment,
            reader.environments(),
            options,
            files,
            notes,
            reader.unset(),
            missing,
            new LocalPaths(name, directory, files));
    SortedMap<String, Content> contents = new TreeMap<>();
    Map<String, Mapping> all = services(tree, broken);
    Map<String, Mapping> enabled = profiles.enabled(all);
    Graph.check(enabled, all, problems);
    Set<String> inactive = inactive(name, all.keySet(), enabled.keySet());
    Map<String, Mapping> idle = new LinkedHashMap<>(all);
    idle.keySet().removeAll(enabled.keySet());
    List.of(enabled, idle)
        .forEach(some -> some.keySet().removeIf(one -> broken.contains("services." + one)));
    DefinitionCheck check = new DefinitionCheck(context, contents, problems);
    idle.forEach(check::inactive);
    SortedMap<String, ProjectService> services =
        new ServiceWriter(context, all, enabled, contents, check, problems).all();
    reader.unset().forEach(this::unset);
    List<String> whole = new ArrayList<>(problems.list());
    whole.addAll(missing.list());
    return new Project(
        name, services, contents, inactive, notes.list(), whole, new HashSet<>(missing.list()));
  }

  private static String directoryName(Path directory) {
    Path last = directory.getFileName();
    return ProjectName.of(last == null ? "" : last.toString());
  }

  private List<Path> envFiles() {
    String variable = options.environment().getOrDefault("COMPOSE_ENV_FILES", "");
    return options.envFiles().isEmpty() && !variable.isEmpty()
        ? Arrays.stream(variable.split(",", -1)).map(options.workingDirectory()::resolve).toList()
        : options.envFiles();
  }

  private String name(String declared, Path directory, Map<String, String> environment) {
    String given = options.name();
    if (given == null) {
      given = environment.getOrDefault("COMPOSE_PROJECT_NAME", "");
      if (!given.isEmpty() && !ProjectName.isName(given)) {
        throw new FileProblem(
            "COMPOSE_PROJECT_NAME: \""
                + given
                + "\" is not a project's name: lower case letters, digits, _ and -");
      }
      given = given.isEmpty() ? declared : given;
      given = given.isEmpty() ? directoryName(directory) : given;
    }
    String name = ProjectName.of(given);
    if (name.isEmpty()) {
      throw new FileProblem("the project has no name; give it one with -p NAME");
    }
    return name;
  }

  private void unset(String variable, Position at) {
    String what = at + ": the variable " + Printable.of(variable, SHOWN) + " is not set; ";
    if (options.strict()) {
      problems.add(what + "set it, or give it a default");
    } else {
      notes.add(what + "it is empty");
    }
  }

  private static Set<String> inactive(String project, Set<String> all, Set<String> enabled) {
    Set<String> inactive = new TreeSet<>();
    all.stream()
        .filter(service -> !enabled.contains(service))
        .map(service -> ProjectName.service(project, service))
        .flatMap(Stream::ofNullable)
        .forEach(inactive::add);
    return inactive;
  }

  /** A broken volume, network, config or secret must not make its services look broken too. */
  private static Mapping withoutBroken(Mapping tree, Set<String> broken) {
    SequencedMap<String, Yaml> sections = new LinkedHashMap<>(tree.entries());
    sections.replaceAll(
        (section, value) -> {
          if (section.equals("services") || !(value instanceof Mapping all)) {
            return value;
          }
          SequencedMap<String, Yaml> entries = new LinkedHashMap<>(all.entries());
          entries.replaceAll(
              (name, entry) ->
                  broken.contains(section + "." + name) ? external(entry.at()) : entry);
          return new Mapping(entries, all.at());
        });
    return new Mapping(sections, tree.at());
  }

  private static Mapping external(Position at) {
    SequencedMap<String, Yaml> entries = new LinkedHashMap<>();
    entries.put("external", new Scalar(true, at));
    return new Mapping(entries, at);
  }

  /** All services; those that are broken are as they were written. */
  private static Map<String, Mapping> services(Mapping tree, Set<String> broken) {
    Map<String, Mapping> services = new TreeMap<>();
    if (tree.get("services") instanceof Mapping all) {
      all.entries()
          .forEach(
              (name, value) -> {
                if (value instanceof Mapping service) {
                  services.put(
                      name,
                      broken.contains("services." + name) ? service : Merger.canonical(service));
                }
              });
    }
    return NamedContainers.resolved(services);
  }
}
