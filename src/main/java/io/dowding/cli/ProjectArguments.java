package io.dowding.cli;

import io.dowding.compose.project.Project;
import io.dowding.compose.project.ProjectFiles;
import io.dowding.compose.project.ProjectLoader;
import io.dowding.compose.project.ProjectOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which Compose project is meant, as {@code docker compose} has them. */
final class ProjectArguments {

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "A Compose file; later ones override earlier ones; - is standard input.")
  private List<Path> files = List.of();

  @Option(
      names = {"-p", "--project-name"},
      paramLabel = "NAME",
      description = "The project's name; by default as Compose finds it.")
  private @Nullable String name;

  @Option(
      names = "--env-file",
      paramLabel = "FILE",
      description = "Variables, instead of .env beside the Compose file.")
  private List<Path> envFiles = List.of();

  @Option(names = "--profile", paramLabel = "PROFILE", description = "Activates a profile.")
  private List<String> profiles = List.of();

  @Option(
      names = "--project-directory",
      paramLabel = "PATH",
      description = "Relative paths are below this directory on the hosts.")
  private @Nullable Path projectDirectory;

  @Option(names = "--strict", description = "A variable that is not set is an error.")
  private boolean strict;

  @Option(
      names = "--allow-outside",
      description = "Sends files from outside the Compose file's directory to etcd, too.")
  private boolean allowOutside;

  /**
   * A project, and the files whose content goes to etcd.
   *
   * @param label what messages call it
   */
  record Loaded(String label, Project project, List<Path> sent) {}

  @Nullable String name() {
    return name;
  }

  boolean namesFiles() {
    return !files.isEmpty();
  }

  Loaded load(List<String> services) {
    return load(files, services);
  }

  /**
   * @param given Compose files instead of those in the options
   */
  Loaded load(List<Path> given, List<String> services) {
    Path working = Path.of("").toAbsolutePath();
    List<Path> all = given.stream().map(path -> absolute(working, path)).toList();
    DiskFiles disk = new DiskFiles(allowOutside);
    Project project =
        ProjectLoader.load(
            new ProjectOptions(
                all,
                name,
                envFiles.stream().map(working::resolve).toList(),
                profiles,
                services,
                System.getenv(),
                working,
                projectDirectory,
                strict),
            disk);
    return new Loaded(label(given), project, disk.sent());
  }

  private static String label(List<Path> given) {
    return given.isEmpty()
        ? "compose.yaml"
        : given.stream().map(Path::toString).collect(Collectors.joining(" + "));
  }

  private static Path absolute(Path working, Path path) {
    return path.equals(ProjectFiles.STANDARD_INPUT) ? path : working.resolve(path).normalize();
  }
}
