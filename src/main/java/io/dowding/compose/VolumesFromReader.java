package io.dowding.compose;

import io.dowding.model.ContainerSpec;
import io.dowding.model.Names;
import io.dowding.model.Service.Condition;
import io.dowding.model.Service.Dependency;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code volumes_from}: the job lives beside a job of the service that it names, waits for it, and
 * is made anew when that was.
 */
final class VolumesFromReader {

  private static final int MOST = 100;

  private VolumesFromReader() {}

  /** Into the engine's fields, with services where an engine has containers. */
  static void read(Fields fields, SortedMap<String, Object> engine) {
    List<String> all = new ArrayList<>();
    for (String text : fields.list("volumes_from", MOST)) {
      String[] parts = text.split(":", -1);
      boolean mode = parts.length == 2 && List.of("ro", "rw").contains(parts[1]);
      if (!Names.isService(parts[0]) || (parts.length > 1 && !mode)) {
        fields.problem(
            "volumes_from",
            Fields.quote(text)
                + " is not a service such as data or data:ro; containers have no names"
                + " that stay");
      } else {
        all.add(mode && parts[1].equals("ro") ? text : parts[0]);
      }
    }
    if (!all.isEmpty()) {
      engine.put(ContainerSpec.VOLUMES_FROM, all);
    }
  }

  private static List<String> services(ContainerSpec spec) {
    return spec.volumesFrom().stream().map(one -> one.replaceFirst(":.*", "")).toList();
  }

  /** Where it has to live; the parent that is written comes first. */
  static @Nullable String parent(@Nullable String written, ContainerSpec spec) {
    List<String> services = services(spec);
    return written != null || services.isEmpty() ? written : services.getFirst();
  }

  /** What is written, and what is implied. */
  static List<Dependency> dependencies(List<Dependency> written, ContainerSpec spec) {
    List<Dependency> all = new ArrayList<>(written);
    for (String service : services(spec)) {
      Condition condition =
          written.stream()
              .filter(one -> one.service().equals(service))
              .map(Dependency::condition)
              .findFirst()
              .orElse(Condition.STARTED);
      all.removeIf(one -> one.service().equals(service));
      all.add(new Dependency(service, condition, true, true));
    }
    return all;
  }
}
