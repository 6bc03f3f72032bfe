package io.dowding.compose;

import io.dowding.model.ContainerSpec;
import io.dowding.model.Names;
import io.dowding.model.Service.Condition;
import io.dowding.model.Service.Dependency;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code volumes_from}, and {@code network_mode}, {@code ipc} and {@code pid} of a service: the job
 * runs on the host of a job of that service, waits for it, and is recreated whenever it is.
 */
final class BorrowingReader {

  private static final int MOST = 100;

  private BorrowingReader() {}

  /** Writes the engine's fields, with services in place of containers. */
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

  /** Whether a namespace belongs to a service. */
  static boolean isOfService(String mode) {
    return mode.startsWith(ContainerSpec.OF_SERVICE)
        && Names.isService(mode.substring(ContainerSpec.OF_SERVICE.length()));
  }

  private static List<String> services(ContainerSpec spec) {
    return Stream.concat(
            spec.namespaces().values().stream(),
            spec.volumesFrom().stream().map(one -> one.replaceFirst(":.*", "")))
        .distinct()
        .toList();
  }

  /** The job or service whose host it must share; an explicit parent takes precedence. */
  static @Nullable String parent(@Nullable String written, ContainerSpec spec) {
    List<String> services = services(spec);
    return written != null || services.isEmpty() ? written : services.getFirst();
  }

  /** Explicit and implied dependencies. */
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
