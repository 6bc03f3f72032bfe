package io.dowding.compose.project;

import io.dowding.compose.Hints;
import io.dowding.compose.project.Kind.Either;
import io.dowding.compose.project.Kind.Fields;
import io.dowding.compose.project.Kind.Listed;
import io.dowding.compose.project.Kind.Plain;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import io.dowding.model.Printable;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reports each value of a Compose file that is of a wrong kind. */
final class KindCheck {

  private static final int SHOWN = 60;
  private static final String NAME = "[a-zA-Z0-9._-]+";

  private final Set<Position> failed;
  private final List<String> problems;

  /** The values that are reported, here or already. */
  private int wrong;

  /**
   * @param failed where variables could not be filled in; nothing else is wrong there
   * @param problems receives the problems, with their places
   */
  KindCheck(Set<Position> failed, List<String> problems) {
    this.failed = failed;
    this.problems = problems;
  }

  /** The sections' entries that cannot be used, such as {@code services.web}. */
  Set<String> file(Mapping tree) {
    Set<String> broken = new HashSet<>();
    tree.entries()
        .forEach(
            (section, value) -> {
              Kind kind = FileKinds.FILE.fields().get(section);
              if (kind instanceof Fields fields
                  && fields.isNamedByUsers()
                  && value instanceof Mapping all) {
                all.entries()
                    .forEach(
                        (name, entry) -> {
                          int before = wrong;
                          field(fields, section, name, entry);
                          if (!section.equals("networks") && !name.matches(NAME)) {
                            problem(
                                entry,
                                section
                                    + ": "
                                    + Printable.of(name, SHOWN)
                                    + " is not a name: letters, digits, _, . and -");
                          }
                          if (wrong == before && entry instanceof Mapping said) {
                            ResourceRules.problem(section, said)
                                .ifPresent(
                                    what -> problem(said, section + "." + name + " " + what));
                          }
                          if (wrong > before) {
                            broken.add(section + "." + name);
                          }
                        });
              } else {
                field(FileKinds.FILE, "", section, value);
              }
            });
    return broken;
  }

  private void field(Fields fields, String path, String name, Yaml value) {
    String whole = path.isEmpty() ? name : path + "." + name;
    boolean isExtension = !fields.isNamedByUsers() && name.startsWith("x-");
    Kind kind = fields.fields().getOrDefault(name, fields.fields().get(Kind.ANY_NAME));
    if (kind != null) {
      check(kind, whole, value);
    } else if (name.equals("x-dowding") && path.startsWith("services.")) {
      hasValues(whole, value);
    } else if (!isExtension) {
      String inService = whole.replaceFirst("^services\\.[^.]*\\.", "");
      problem(value, whole + ": " + Hints.unknown(inService, fields.fields().keySet()));
    }
  }

  private void problem(Yaml value, String what) {
    wrong++;
    problems.add(value.at() + ": " + what);
  }

  private void check(Kind kind, String path, Yaml value) {
    if (value instanceof Scalar scalar && failed.contains(scalar.at())) {
      wrong++;
      return;
    }
    switch (kind) {
      case Plain plain
          when value instanceof Scalar(Object inside, Position _, Yaml.Tag _)
              && plain.fits().test(inside) -> {}
      case Listed listed when value instanceof Items items -> items(listed, path, items);
      case Fields fields when value instanceof Mapping mapping -> mapping(fields, path, mapping);
      case Either(List<Kind> kinds) ->
          check(
              kinds.stream()
                  .filter(one -> isOfForm(one, value))
                  .findFirst()
                  .orElse(nearest(kinds, value)),
              path,
              value);
      default -> problem(value, path + isNot(kind, value));
    }
  }

  private static boolean isOfForm(Kind kind, Yaml value) {
    return switch (kind) {
      case Plain plain -> value instanceof Scalar scalar && plain.fits().test(scalar.value());
      case Listed _ -> value instanceof Items;
      case Fields _ -> value instanceof Mapping;
      case Either(List<Kind> kinds) -> kinds.stream().anyMatch(one -> isOfForm(one, value));
    };
  }

  /** The kind to name in the message. */
  private static Kind nearest(List<Kind> kinds, Yaml value) {
    return kinds.stream()
        .map(kind -> kind instanceof Either(List<Kind> inner) ? nearest(inner, value) : kind)
        .filter(
            kind -> kind instanceof Plain == value instanceof Scalar && !kind.equals(Kind.NOTHING))
        .findFirst()
        .orElse(kinds.getFirst());
  }

  private static String isNot(Kind kind, Yaml value) {
    if (Merger.isNull(value)) {
      return " has no value; give it one, or remove it";
    }
    return switch (kind) {
      case Plain plain when value instanceof Scalar && plain.equals(Kind.TEXT) ->
          " is not text; put it in quotes";
      case Plain plain when value instanceof Scalar ->
          ": " + Printable.of(value.json().toString(), SHOWN) + " is not " + plain.expected();
      case Plain plain -> " is not " + plain.expected();
      case Listed listed -> " is not " + listed.expected();
      case Fields _, Either _ -> " is not a mapping";
    };
  }

  private void items(Listed kind, String path, Items list) {
    Set<Object> before = new HashSet<>();
    int index = 0;
    for (Yaml item : list.items()) {
      String place = path + "[" + index++ + "]";
      check(kind.item(), place, item);
      if (kind.isUnique() && !before.add(item.json())) {
        problem(item, place + ": the list already has this item; remove one");
      }
    }
  }

  private void mapping(Fields kind, String path, Mapping mapping) {
    for (Map.Entry<String, Yaml> entry : mapping.entries().entrySet()) {
      field(kind, path, entry.getKey(), entry.getValue());
    }
    for (String name : kind.required()) {
      if (mapping.get(name) == null) {
        problem(mapping, path + " needs " + name);
      }
    }
  }

  private void hasValues(String path, Yaml value) {
    if (!(value instanceof Mapping all)) {
      problem(value, path + " is not a mapping");
      return;
    }
    all.entries()
        .forEach(
            (name, inside) -> {
              if (Merger.isNull(inside)) {
                problem(inside, path + "." + name + isNot(Kind.TEXT, inside));
              }
            });
  }
}
