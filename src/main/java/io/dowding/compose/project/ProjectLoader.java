package io.dowding.compose.project;

import io.dowding.compose.project.Project.ProjectService;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Reads a Compose project as {@code docker compose} would, and turns it into definitions. */
public final class ProjectLoader {

  private static final List<String> TOP_LEVEL =
      List.of("services", "version", "name", "volumes", "networks", "configs", "secrets");

  private final ProjectOptions options;
  private final ProjectFiles files;
  private final List<String> notes = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

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
    return Project.broken(distinct(loader.notes), distinct(loader.problems));
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
            options.workingDirectory(), envFiles, options.environment(), files, new TreeSet<>());
    List<Path> found = ProjectFinder.files(options, around, files);
    Path directory = ProjectFinder.directory(options, found);
    ProjectTree reader = new ProjectTree(files);
    Map<String, String> environment =
        Environment.of(directory, envFiles, options.environment(), files, reader.unset());
    String name = name(reader.declaredName(found, directory, environment), directory, environment);
    environment.put("COMPOSE_PROJECT_NAME", name);
    Mapping tree = reader.of(found, directory, environment);
    problems.addAll(reader.problems());
    topLevel(tree);
    Profiles profiles = Profiles.of(options, environment);
    ProjectContext context =
        new ProjectContext(
            name,
            tree,
            directory,
            environment,
            options,
            files,
            notes,
            reader.unset(),
            new TreeMap<>());
    SortedMap<String, String> contents = new TreeMap<>();
    Map<String, Mapping> all = services(tree);
    Map<String, Mapping> enabled = profiles.enabled(all);
    Graph.check(enabled, problems);
    SortedMap<String, ProjectService> services =
        new ServiceWriter(context, all, enabled, contents, problems).all();
    for (String variable : reader.unset()) {
      if (options.strict()) {
        problems.add("the variable " + variable + " is not set; set it, or give it a default");
      } else {
        notes.add("the variable " + variable + " is not set; it is empty");
      }
    }
    Set<String> inactive = new TreeSet<>();
    all.keySet().stream()
        .filter(service -> !enabled.containsKey(service))
        .map(service -> ProjectName.service(name, service))
        .flatMap(Stream::ofNullable)
        .forEach(inactive::add);
    return new Project(name, services, contents, inactive, distinct(notes), distinct(problems));
  }

  /** A problem that several services share is reported once. */
  private static List<String> distinct(List<String> all) {
    return all.stream().distinct().toList();
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

  private void topLevel(Mapping tree) {
    tree.entries()
        .forEach(
            (field, value) -> {
              if (!TOP_LEVEL.contains(field) && !field.startsWith("x-")) {
                problems.add(value.at() + ": unsupported field " + field + "; remove it");
              }
              if (List.of("name", "version").contains(field)
                  && !(value instanceof Scalar(Object text, Position _, Yaml.Tag _)
                      && text instanceof String)) {
                problems.add(value.at() + ": " + field + " is not text; put it in quotes");
              }
            });
  }

  private static Map<String, Mapping> services(Mapping tree) {
    if (!(tree.get("services") instanceof Mapping all)) {
      throw new FileProblem(tree.at(), "has no services");
    }
    Map<String, Mapping> services = new TreeMap<>();
    all.entries()
        .forEach(
            (name, value) -> {
              if (!(value instanceof Mapping service)) {
                throw new FileProblem(value.at(), "services." + name + " is not a mapping");
              }
              services.put(name, Merger.canonical(service));
            });
    return services;
  }
}
