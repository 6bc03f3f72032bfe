package io.dowding.compose.project;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options for a project.
 *
 * @param files Compose files, later ones over earlier ones; empty to look for them as Compose does
 * @param name the project's name, or null for Compose's own rules
 * @param envFiles used instead of {@code .env} in the project's directory; empty for that one
 * @param profiles active profiles
 * @param services the selected services, which activates their profiles; empty for all
 * @param environment the process's
 * @param workingDirectory absolute
 * @param projectDirectory where relative paths start, also on the hosts; null for the first file's
 *     directory
 * @param strict whether a variable without a value is a problem
 */
public record ProjectOptions(
    List<Path> files,
    @Nullable String name,
    List<Path> envFiles,
    List<String> profiles,
    List<String> services,
    Map<String, String> environment,
    Path workingDirectory,
    @Nullable Path projectDirectory,
    boolean strict) {

  /** One file, in its own directory. */
  public static ProjectOptions of(Path file, Map<String, String> environment) {
    Path absolute = file.toAbsolutePath().normalize();
    Path directory = absolute.getParent();
    return new ProjectOptions(
        List.of(absolute),
        null,
        List.of(),
        List.of(),
        List.of(),
        environment,
        directory == null ? absolute : directory,
        null,
        false);
  }
}
