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
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reports each value of a Compose file that is of a wrong kind. */
final class KindCheck {

  private static final int SHOWN = 60;
  private static final String NAME = "[a-zA-Z0-9._-]+";

  private final Set<Position> failed;
  private final Messages problems;

  /** The values that are reported, here or already. */
  private int wrong;

  /**
   * @param failed where variables could not be filled in; nothing else is wrong there
   * @param problems receives the problems, with their places
   */
  KindCheck(Set<Position> failed, Messages problems) {
    this.failed = failed;
    this.problems = problems;
  }

  /** The sections' entries that cannot be used, such as {@code services.web}. */
  Set<String> file(Mapping tree) {
    Set<String> broken = new HashSet<>();
    tree.entries()
        .forEach(
            (section, value) -> {
              Kind each = entries(section);
              if (each != null && value instanceof Mapping all) {
                all.entries()
                    .forEach(
                        (name, entry) -> {
                          int before = wrong;
                          entry(each, section, name, entry);
                          if (wrong > before) {
                            broken.add(section + "." + name);
                          }
                        });
              } else {
                field(FileKinds.FILE, Place.TOP, section, value);
              }
            });
    return broken;
  }

  /** The kind of each entry in a section whose entries have names; null for another field. */
  private static @Nullable Kind entries(String section) {
    return FileKinds.FILE.fields().get(section) instanceof Fields fields
        ? fields.fields().get(Kind.ANY_NAME)
        : null;
  }

  private void entry(Kind kind, String section, String name, Yaml value) {
    int before = wrong;
    Place place = Place.TOP.field(section).field(name);
    check(kind, section.equals("services") ? place.asService() : place, value);
    if (!section.equals("networks") && !name.matches(NAME)) {
      problem(
          value,
          section
              + ": "
              + Printable.of(name, SHOWN)
              + " is not a name: letters, digits, _, . and -");
    }
    if (wrong == before && value instanceof Mapping said) {
      ResourceRules.problem(section, said)
          .ifPresent(what -> problem(said, place.path() + " " + what));
    }
  }

  /**
   * A place in the file.
   *
   * @param inService the path from the service that it is in; null outside of services
   */
  private record Place(String path, @Nullable String inService) {

    static final Place TOP = new Place("", null);

    Place asService() {
      return new Place(path, "");
    }

    Place field(String name) {
      return new Place(joined(path, name), inService == null ? null : joined(inService, name));
    }

    Place item(int index) {
      String item = "[" + index + "]";
      return new Place(path + item, inService == null ? null : inService + item);
    }

    private static String joined(String path, String name) {
      return path.isEmpty() ? name : path + "." + name;
    }

    boolean isService() {
      return inService != null && inService.isEmpty();
    }
  }

  private void field(Fields fields, Place parent, String name, Yaml value) {
    Place place = parent.field(name);
    boolean isExtension = !fields.isNamedByUsers() && name.startsWith("x-");
    Kind kind = fields.fields().getOrDefault(name, fields.fields().get(Kind.ANY_NAME));
    if (kind != null) {
      check(kind, place, value);
    } else if (name.equals("x-dowding") && parent.isService()) {
      hasValues(place.path(), value);
    } else if (!isExtension) {
      problem(value, () -> place.path() + ": " + hint(place, name, fields.fields().keySet()));
    }
  }

  private static String hint(Place place, String name, Set<String> known) {
    return place.inService() == null
        ? Hints.notSupported(name, known)
        : Hints.unknown(place.inService(), known);
  }

  private void problem(Yaml value, String what) {
    problem(value, () -> what);
  }

  private void problem(Yaml value, Supplier<String> what) {
    wrong++;
    problems.add(() -> value.at() + ": " + what.get());
  }

  private void check(Kind kind, Place place, Yaml value) {
    if (value instanceof Scalar scalar && failed.contains(scalar.at())) {
      wrong++;
      return;
    }
    switch (kind) {
      case Plain plain
          when value instanceof Scalar(Object inside, Position _, Yaml.Tag _)
              && plain.fits().test(inside) -> {}
      case Listed listed when value instanceof Items items -> items(listed, place, items);
      case Fields fields when value instanceof Mapping mapping -> mapping(fields, place, mapping);
      case Either(List<Kind> kinds) ->
          check(
              kinds.stream()
                  .filter(one -> isOfForm(one, value))
                  .findFirst()
                  .orElse(nearest(kinds, value)),
              place,
              value);
      default -> problem(value, () -> place.path() + isNot(kind, value));
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

  private void items(Listed kind, Place place, Items list) {
    Set<Object> before = new HashSet<>();
    int index = 0;
    for (Yaml item : list.items()) {
      Place at = place.item(index++);
      check(kind.item(), at, item);
      if (kind.isUnique() && !before.add(item.json())) {
        problem(item, () -> at.path() + ": the list already has this item; remove one");
      }
    }
  }

  private void mapping(Fields kind, Place place, Mapping mapping) {
    mapping.entries().forEach((name, value) -> field(kind, place, name, value));
    for (String name : kind.required()) {
      boolean mayBeZero =
          Kind.INTEGER.equals(kind.fields().get(name)) && Places.isOutput(mapping.at());
      if (mapping.get(name) == null && !mayBeZero) {
        problem(mapping, place.path() + " needs " + name);
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
