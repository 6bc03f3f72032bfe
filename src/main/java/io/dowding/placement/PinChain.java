package io.dowding.placement;

import io.dowding.model.Allocation;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import io.dowding.model.PreStart;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Pins that follow other jobs: finds their hosts, and loops. */
public final class PinChain {

  private static final int LONGEST = 100;

  private final Function<String, @Nullable Pin> pins;
  private final SortedMap<String, Allocation> allocations;
  private final Function<String, @Nullable String> parentOf;

  /**
   * @param pins the pin of a job or service, or null
   * @param parentOf the parent of a service, or null
   */
  public PinChain(
      Function<String, @Nullable Pin> pins,
      SortedMap<String, Allocation> allocations,
      Function<String, @Nullable String> parentOf) {
    this.pins = pins;
    this.allocations = allocations;
    this.parentOf = parentOf;
  }

  /** The record of this job, or of this service's lowest job, or null. */
  public @Nullable Allocation allocationOf(String target) {
    Allocation exact = allocations.get(target);
    if (exact != null) {
      return exact;
    }
    return allocations.subMap(target + ".", target + "/").values().stream()
        .filter(record -> !PreStart.isJob(record.job()))
        .min((a, b) -> Names.compareJobs(a.job(), b.job()))
        .orElse(null);
  }

  /** The pin that applies to a job or service: its own, then its service's, then the agent's. */
  public @Nullable Pin pinOf(String id) {
    Pin own = pins.apply(id);
    Pin ofService = own == null || isAuto(own) ? pins.apply(Names.serviceOf(id)) : null;
    return ofService == null ? own : ofService;
  }

  /** The chain from {@code job} through {@code target} back to it, or null. */
  public @Nullable String loop(String job, String target) {
    List<String> chain = new ArrayList<>(List.of(job));
    String next = target;
    while (next != null && chain.size() < LONGEST) {
      chain.add(next);
      if (next.equals(job) || next.equals(Names.serviceOf(job))) {
        return String.join(" → ", chain);
      }
      Pin pin = pinOf(next);
      if (pin instanceof Pin.ToJob(String further)) {
        next = further;
      } else {
        next = pin == null ? parentOf.apply(Names.serviceOf(next)) : null;
      }
    }
    // A chain that never returns to its start may still loop further on.
    return next == null ? null : String.join(" → ", chain.subList(0, 5)) + " → …";
  }

  public static boolean isAuto(Pin pin) {
    return pin instanceof Pin.ToHost(String _, boolean auto) && auto;
  }
}
