package io.dowding.compose.project;

import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Source;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import io.dowding.compose.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compose files as one tree, with variables filled in, {@code include} and {@code extends}
 * resolved, and later files merged over earlier ones.
 */
final class ProjectTree {

  private static final int MOST_FILES = 200;
  private static final int MOST_READS = 2000;
  private static final int MOST_EXTENDS = 100;
  private static final List<String> SHARED =
      List.of("services", "networks", "volumes", "configs", "secrets");

  private final ProjectFiles files;
  private final Map<String, Position> unset = new TreeMap<>();
  private final Set<Position> failed = new HashSet<>();
  private final Map<Source, Map<String, String>> environments = new HashMap<>();
  private final Messages problems;
  private final Deque<Path> including = new ArrayDeque<>();
  private final Map<Path, String> texts = new LinkedHashMap<>();
  private final Budget budget = new Budget();
  private int read;

  /**
   * @param problems receives those that leave the tree usable
   */
  ProjectTree(ProjectFiles files, Messages problems) {
    this.files = files;
    this.problems = problems;
  }

  /** Variables that have no value, and where each is used first. */
  Map<String, Position> unset() {
    return unset;
  }

  /** Where variables could not be filled in. */
  Set<Position> failed() {
    return failed;
  }

  /** The variables of each file; an included one may have its own. */
  Map<Source, Map<String, String>> environments() {
    return environments;
  }

  /**
   * Merges files into one tree.
   *
   * @param directory where their relative paths start
   * @throws FileProblem if they cannot be merged
   */
  Mapping of(List<Path> all, Path directory, Map<String, String> environment) {
    Mapping tree = null;
    including.push(all.getFirst());
    for (Path file : all) {
      for (Mapping document : documents(file, directory, environment)) {
        Mapping whole = included(extended(document, tree, environment), environment);
        tree = tree == null ? whole : Merger.merge(tree, whole);
      }
    }
    if (tree == null || List.of("version").containsAll(tree.entries().keySet())) {
      throw new FileProblem(all.getLast() + ": the file is empty; add services");
    }
    including.pop();
    return Merger.clean(tree);
  }

  private List<Mapping> documents(Path file, Path directory, Map<String, String> environment) {
    if (++read > MOST_READS) {
      throw new FileProblem(
          file
              + ": the project's files include or extend others more than "
              + MOST_READS
              + " times");
    }
    Source source =
        new Source(file.toString(), directory, environment.getOrDefault("HOME", Source.HOME));
    environments.putIfAbsent(source, environment);
    String text = text(file);
    Interpolation interpolation = new Interpolation(environment, problems, budget);
    List<Mapping> documents = new ArrayList<>();
    for (Yaml document : YamlReader.read(source, text)) {
      if (Merger.isNull(document)) {
        continue;
      }
      if (!(interpolation.of(document) instanceof Mapping mapping)) {
        throw new FileProblem(
            document.at(), "is not a Compose file, which begins with a field such as services:");
      }
      documents.add(mapping);
    }
    interpolation.unset().forEach(unset::putIfAbsent);
    failed.addAll(interpolation.failed());
    return documents;
  }

  /** Each file is read once: standard input cannot be read again. */
  private String text(Path file) {
    String known = texts.get(file);
    if (known != null) {
      return known;
    }
    if (texts.size() == MOST_FILES) {
      throw new FileProblem(file + ": the project has more than " + MOST_FILES + " files");
    }
    try {
      String text = files.text(file);
      texts.put(file, text);
      return text;
    } catch (IOException unreadable) {
      throw new FileProblem(file + " cannot be read: " + unreadable.getMessage());
    }
  }

  /** The project's name from the last file that declares one; empty if none does. */
  String declaredName(List<Path> all, Path directory, Map<String, String> environment) {
    String name = "";
    for (Path file : all) {
      for (Yaml document :
          YamlReader.read(new Source(file.toString(), directory, Source.HOME), text(file))) {
        if (document instanceof Mapping mapping && mapping.get("name") instanceof Scalar given) {
          name = new Interpolation(environment, problems, budget).of(given.text(), given.at());
        }
      }
    }
    return name;
  }

  // include

  private Mapping included(Mapping document, Map<String, String> environment) {
    Yaml given = document.get("include");
    if (given == null) {
      return document;
    }
    if (!(given instanceof Items) && !Merger.isNull(given)) {
      throw new FileProblem(given.at(), "include is not a list");
    }
    SequencedMap<String, Yaml> entries = new LinkedHashMap<>(document.entries());
    entries.remove("include");
    Mapping whole = new Mapping(entries, document.at());
    if (given instanceof Items list) {
      for (Yaml item : list.items()) {
        whole = with(whole, include(item, environment));
      }
    }
    return whole;
  }

  private Mapping include(Yaml item, Map<String, String> environment) {
    Source source = item.at().source();
    List<Path> paths = paths(item instanceof Mapping long_ ? long_.get("path") : item, source);
    if (paths.isEmpty()) {
      throw new FileProblem(item.at(), "names no file to include");
    }
    Path first = paths.getFirst();
    if (including.contains(first)) {
      throw new FileProblem(item.at(), first + " includes itself");
    }
    Path parent = first.getParent();
    Path directory = parent == null ? first : parent;
    List<Path> envFiles = List.of();
    if (item instanceof Mapping long_) {
      List<Path> given = paths(long_.get("project_directory"), source);
      directory = given.isEmpty() ? directory : given.getFirst();
      envFiles = paths(long_.get("env_file"), source);
    }
    return of(paths, directory, Environment.of(directory, envFiles, environment, files, unset));
  }

  private static List<Path> paths(@Nullable Yaml value, Source source) {
    return switch (value) {
      case null -> List.of();
      case Scalar scalar when scalar.value() == null -> List.of();
      case Scalar scalar -> List.of(source.resolve(scalar.text()));
      case Items list ->
          list.items().stream().flatMap(item -> paths(item, source).stream()).toList();
      case Mapping other -> throw new FileProblem(other.at(), "is not a path");
    };
  }

  /** An included project must not redefine anything in the file, unless it is the same. */
  private static Mapping with(Mapping document, Mapping included) {
    SequencedMap<String, Yaml> entries = new LinkedHashMap<>(document.entries());
    for (String section : SHARED) {
      if (!(included.get(section) instanceof Mapping theirs)) {
        continue;
      }
      SequencedMap<String, Yaml> all = new LinkedHashMap<>(theirs.entries());
      if (entries.get(section) instanceof Mapping own) {
        own.entries()
            .forEach(
                (name, value) -> {
                  Yaml other = all.put(name, value);
                  if (other != null && !isSame(other, value)) {
                    throw new FileProblem(
                        value.at(),
                        section + "." + name + " is also in " + other.at() + ", which is included");
                  }
                });
      }
      entries.put(section, new Mapping(all, theirs.at()));
    }
    return new Mapping(entries, document.at());
  }

  /** The same text may mean other files in another directory. */
  private static boolean isSame(Yaml one, Yaml other) {
    return one.json().equals(other.json())
        && one.at().source().directory().equals(other.at().source().directory());
  }

  // extends

  private Mapping extended(
      Mapping document, @Nullable Mapping before, Map<String, String> environment) {
    if (!(document.get("services") instanceof Mapping services)) {
      return document;
    }
    SequencedMap<String, Yaml> all = new LinkedHashMap<>();
    for (Map.Entry<String, Yaml> entry : services.entries().entrySet()) {
      all.put(
          entry.getKey(),
          entry.getValue() instanceof Mapping service
              ? extended(service, new Around(services, before), environment, new ArrayDeque<>())
              : entry.getValue());
    }
    SequencedMap<String, Yaml> entries = new LinkedHashMap<>(document.entries());
    entries.put("services", new Mapping(all, services.at(), services.tag()));
    return new Mapping(entries, document.at(), document.tag());
  }

  /** Where to look for an extended service: its own file, then the files before it. */
  private record Around(Mapping services, @Nullable Mapping before) {
    @Nullable Mapping find(String name) {
      if (services.get(name) instanceof Mapping found) {
        return found;
      }
      return before != null
              && before.get("services") instanceof Mapping all
              && all.get(name) instanceof Mapping found
          ? found
          : null;
    }
  }

  private Mapping extended(
      Mapping service, Around around, Map<String, String> environment, Deque<Position> path) {
    Yaml extension = service.get("extends");
    if (extension == null || Merger.isNull(extension)) {
      return service;
    }
    if (path.size() > MOST_EXTENDS) {
      throw new FileProblem(extension.at(), "extends more than " + MOST_EXTENDS + " services");
    }
    if (path.contains(service.at())) {
      throw new FileProblem(extension.at(), "extends itself, directly or through others");
    }
    path.push(service.at());
    Mapping base = base(extension, around, environment, path);
    path.pop();
    SequencedMap<String, Yaml> own = new LinkedHashMap<>(service.entries());
    own.remove("extends");
    return Merger.service(
        new Mapping(new LinkedHashMap<>(base.entries()), base.at()),
        new Mapping(own, service.at(), service.tag()));
  }

  private Mapping base(
      Yaml extension, Around around, Map<String, String> environment, Deque<Position> path) {
    String name =
        switch (extension) {
          case Scalar scalar -> scalar.text();
          case Mapping long_ when long_.get("service") instanceof Scalar scalar -> scalar.text();
          default -> throw new FileProblem(extension.at(), "names no service to extend");
        };
    Around where = around;
    if (extension instanceof Mapping long_ && long_.get("file") instanceof Scalar file) {
      where = other(extension.at().source().resolve(file.text()), environment, extension.at());
    }
    Mapping base = where.find(name);
    if (base == null) {
      throw new FileProblem(extension.at(), "extends " + name + ", which does not exist");
    }
    return extended(base, where, environment, path);
  }

  private Around other(Path file, Map<String, String> environment, Position at) {
    Path directory = file.getParent();
    Mapping all = null;
    for (Mapping document : documents(file, directory == null ? file : directory, environment)) {
      all = all == null ? document : Merger.merge(all, document);
    }
    if (all == null || !(all.get("services") instanceof Mapping services)) {
      throw new FileProblem(at, "extends a service of " + file + ", which has none");
    }
    return new Around(services, null);
  }
}
