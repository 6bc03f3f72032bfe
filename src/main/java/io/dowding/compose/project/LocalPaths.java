package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What becomes of paths on this machine: configs if their files are few and small, otherwise a
 * volume; and the names of those. All paths of a project must be claimed before the first name is
 * taken, so that names do not depend on the order of services.
 */
final class LocalPaths {

  /** Files that only keep a directory in a repository. */
  private static final List<String> PLACEHOLDERS = List.of(".gitkeep", ".gitignore", ".keep");

  private static final int MOST_FILES = 50;
  private static final int MOST_CHARACTERS = 256 * 1024;

  private final String project;
  private final Path directory;
  private final ProjectFiles files;
  private final Map<Path, List<Path>> travelling = new HashMap<>();

  /** By section and name: the paths that would have it. */
  private final Map<String, Set<Path>> claims = new HashMap<>();

  private final Set<String> declared = new HashSet<>();
  private final Map<String, Path> named = new HashMap<>();

  /**
   * @param directory the project's
   */
  LocalPaths(String project, Path directory, ProjectFiles files) {
    this.project = project;
    this.directory = directory;
    this.files = files;
  }

  /** A name that the file itself gives to a volume or config. */
  void declare(String section, String name) {
    declared.add(section + "/" + name);
  }

  /** A path that some service mounts. */
  void claim(Path local) {
    List<Path> all = travelling(local);
    if (all.isEmpty()) {
      claim("volumes", local);
    }
    all.forEach(file -> claim("configs", file));
  }

  private void claim(String section, Path path) {
    claims.computeIfAbsent(section + "/" + brief(path), _ -> new HashSet<>()).add(path);
  }

  /**
   * The name of a volume or config created from a path; two paths never share one. If several
   * would, or if the file declares one of that name, a hash of the path is added.
   *
   * @throws FileProblem if another path has that name nevertheless
   */
  String name(String section, Path path, Position at) {
    String brief = section + "/" + brief(path);
    boolean isShared = declared.contains(brief) || claims.getOrDefault(brief, Set.of()).size() > 1;
    String hash = String.format("-%08x", relative(path).hashCode());
    String name = isShared ? ProjectName.content(project, slug(path) + hash) : brief(path);
    Path other = named.putIfAbsent(section + "/" + name, path);
    if (other != null && !other.equals(path)) {
      throw new FileProblem(
          at, path + " and " + other + " would both become " + name + "; rename one");
    }
    return name;
  }

  private String brief(Path path) {
    return ProjectName.content(project, slug(path));
  }

  private String slug(Path path) {
    String slug = relative(path).replaceAll("[^a-zA-Z0-9_.-]+", "_").replaceFirst("^[_.-]+", "");
    return slug.isEmpty() ? "files" : slug;
  }

  private String relative(Path path) {
    return directory.relativize(path).toString();
  }

  /**
   * The files at a path that are few and small enough for configs; empty if it becomes a volume.
   */
  List<Path> travelling(Path local) {
    return travelling.computeIfAbsent(local, this::read);
  }

  private List<Path> read(Path local) {
    try {
      return switch (files.kind(local)) {
        case FILE -> List.of(local);
        case DIRECTORY -> {
          List<Path> below =
              files.below(local).stream()
                  .filter(file -> !PLACEHOLDERS.contains(String.valueOf(file.getFileName())))
                  .toList();
          yield below.size() <= MOST_FILES && areSmallTexts(below) ? below : List.of();
        }
        case NONE -> List.of();
      };
    } catch (IOException unreadable) {
      return List.of();
    }
  }

  private boolean areSmallTexts(List<Path> all) {
    int characters = 0;
    for (Path file : all) {
      try {
        characters += files.text(file).length();
      } catch (IOException unreadable) {
        return false;
      }
    }
    return characters <= MOST_CHARACTERS;
  }
}
