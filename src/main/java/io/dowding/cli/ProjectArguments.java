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

/** The options that select a Compose project, as in {@code docker compose}. */
final class ProjectArguments {

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "A Compose file; later ones override earlier ones; - is standard input.")
  private List<Path> files = List.of();

  @Option(
      names = {"-p", "--project-name"},
      paramLabel = "NAME",
      description = "The project name. Default: as in Compose.")
  private @Nullable String name;

  @Option(
      names = "--env-file",
      paramLabel = "FILE",
      description = "File with variables, instead of .env next to the Compose file.")
  private List<Path> envFiles = List.of();

  @Option(names = "--profile", paramLabel = "PROFILE", description = "Activates a profile.")
  private List<String> profiles = List.of();

  @Option(
      names = "--project-directory",
      paramLabel = "PATH",
      description = "Directory on the hosts that relative paths start from.")
  private @Nullable Path projectDirectory;

  @Option(names = "--strict", description = "Treats unset variables as errors.")
  private boolean strict;

  @Option(
      names = "--allow-outside",
      description = "Also sends files from outside the Compose file's directory to etcd.")
  private boolean allowOutside;

  /**
   * A project, and the files whose content is sent to etcd.
   *
   * @param label its name in messages
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
