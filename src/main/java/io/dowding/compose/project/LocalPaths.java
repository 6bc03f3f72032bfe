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

  /** By name: the path that becomes this volume. */
  private final Map<String, Path> volumes = new HashMap<>();

  /** By name on hosts: a volume of the file. */
  private final Map<String, String> declaredVolumes = new HashMap<>();

  /** By name: the files that would become this config. */
  private final Map<String, Set<Path>> configs = new HashMap<>();

  private final Set<String> declaredConfigs = new HashSet<>();
  private final Map<String, Path> named = new HashMap<>();

  /**
   * @param directory the project's
   */
  LocalPaths(String project, Path directory, ProjectFiles files) {
    this.project = project;
    this.directory = directory;
    this.files = files;
  }

  /** A name that the file itself gives to a config. */
  void declareConfig(String name) {
    declaredConfigs.add(name);
  }

  /**
   * A volume of the file that some service mounts.
   *
   * @param own its name on hosts
   * @throws FileProblem if a path would be the same volume
   */
  void declareVolume(String own, String name, Position at) {
    declaredVolumes.putIfAbsent(own, name);
    Path path = volumes.get(own);
    if (path != null) {
      throw same(own, shown(path), "the volume " + name, at);
    }
  }

  /**
   * A path that some service mounts.
   *
   * @throws FileProblem if it would be the same volume as another path, or as a volume of the file
   */
  void claim(Path local, Position at) {
    List<Path> all = travelling(local);
    all.forEach(file -> configs.computeIfAbsent(brief(file), _ -> new HashSet<>()).add(file));
    if (all.isEmpty()) {
      String name = brief(local);
      Path other = volumes.putIfAbsent(name, local);
      if (other != null && !other.equals(local)) {
        throw same(name, shown(other), shown(local), at);
      }
      String declared = declaredVolumes.get(name);
      if (declared != null) {
        throw same(name, shown(local), "the volume " + declared, at);
      }
    }
  }

  private static FileProblem same(String name, String one, String other, Position at) {
    return new FileProblem(
        at,
        one
            + " and "
            + other
            + " would both be the volume "
            + name
            + "; write a volume with another name instead of one of them");
  }

  private String shown(Path path) {
    String relative = relative(path);
    return relative.startsWith("..") ? relative : "./" + relative;
  }

  /**
   * The name of the volume that a path becomes. It depends on nothing else in the file: another
   * name would be an empty volume.
   */
  String volume(Path path) {
    return brief(path);
  }

  /**
   * The name of the config that a file becomes; two files never share one. If several would, or if
   * the project has a config of that name, a hash of the path is added.
   *
   * @throws FileProblem if another file has that name nevertheless
   */
  String config(Path path, Position at) {
    String brief = brief(path);
    boolean isShared =
        declaredConfigs.contains(brief) || configs.getOrDefault(brief, Set.of()).size() > 1;
    String hash = String.format("-%08x", relative(path).hashCode());
    String name = isShared ? ProjectName.content(project, slug(path) + hash) : brief;
    Path other = named.putIfAbsent(name, path);
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

  /** Whether a path that becomes a volume has files, which the volume will not have. */
  boolean isLeftBehind(Path local) {
    return files.kind(local) == ProjectFiles.Kind.DIRECTORY && !below(local).isEmpty();
  }

  private List<Path> below(Path directory) {
    try {
      return files.below(directory).stream()
          .filter(file -> !PLACEHOLDERS.contains(String.valueOf(file.getFileName())))
          .toList();
    } catch (IOException unreadable) {
      return List.of();
    }
  }

  private List<Path> read(Path local) {
    return switch (files.kind(local)) {
      case FILE -> List.of(local);
      case DIRECTORY -> {
        List<Path> below = below(local);
        yield below.size() <= MOST_FILES && areSmallTexts(below) ? below : List.of();
      }
      case NONE -> List.of();
    };
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
