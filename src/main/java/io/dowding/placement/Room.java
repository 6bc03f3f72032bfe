package io.dowding.placement;

import io.dowding.model.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Checks whether a host has room for what a job reserves. */
final class Room {

  private Room() {}

  /** What the host has too little of, with figures, or null. */
  static @Nullable String lacks(Request request, Candidate candidate) {
    Resources asked = request.service().placement().reservation();
    if (asked.isNone()) {
      return null;
    }
    Resources taken = candidate.reservedBesides(request.job());
    Resources all = candidate.capacity();
    return isRoom(asked, taken, all) ? null : whatLacks(asked, taken, all);
  }

  private static boolean isRoom(Resources asked, Resources taken, Resources all) {
    if (isTooMuch(asked.nanoCpus(), taken.nanoCpus(), all.nanoCpus())
        || isTooMuch(asked.memoryBytes(), taken.memoryBytes(), all.memoryBytes())) {
      return false;
    }
    for (Map.Entry<String, Long> device : asked.devices().entrySet()) {
      if (isTooMany(device.getKey(), device.getValue(), taken, all)) {
        return false;
      }
    }
    return true;
  }

  /** A capacity that the engine does not report is not limited. */
  private static boolean isTooMuch(long asked, long taken, long all) {
    return asked > 0 && all > 0 && asked > all - taken;
  }

  private static boolean isTooMany(String kind, long asked, Resources taken, Resources all) {
    SortedMap<String, Long> known = all.devices();
    return !known.isEmpty() && asked > known.getOrDefault(kind, 0L) - of(kind, taken);
  }

  private static long of(String kind, Resources some) {
    return some.devices().getOrDefault(kind, 0L);
  }

  private static String whatLacks(Resources asked, Resources taken, Resources all) {
    List<String> lacks = new ArrayList<>();
    if (isTooMuch(asked.nanoCpus(), taken.nanoCpus(), all.nanoCpus())) {
      lacks.add(
          Resources.cpus(free(all.nanoCpus(), taken.nanoCpus()))
              + " of "
              + Resources.cpus(all.nanoCpus())
              + " CPUs free, "
              + Resources.cpus(asked.nanoCpus())
              + " asked");
    }
    if (isTooMuch(asked.memoryBytes(), taken.memoryBytes(), all.memoryBytes())) {
      lacks.add(
          Resources.memory(free(all.memoryBytes(), taken.memoryBytes()))
              + " of "
              + Resources.memory(all.memoryBytes())
              + " free, "
              + Resources.memory(asked.memoryBytes())
              + " asked");
    }
    asked
        .devices()
        .forEach(
            (kind, count) -> {
              if (isTooMany(kind, count, taken, all)) {
                long there = of(kind, all);
                lacks.add(
                    free(there, of(kind, taken))
                        + " of "
                        + there
                        + " "
                        + kind
                        + " free, "
                        + count
                        + " asked");
              }
            });
    return String.join(", ", lacks);
  }

  private static long free(long all, long taken) {
    return Math.max(0, all - taken);
  }
}
