package io.dowding.keys;

import java.util.Map;
import java.util.Set;

/**
 * The keys that agents have written, as a new leader reads them back.
 *
 * @param keys all below {@code status/} and {@code versions/}, readable or not
 */
public record Recalled(
    Set<String> keys,
    Map<String, Versions> versions,
    Map<String, ServiceStatus> services,
    Map<String, HostStatus> hosts,
    Map<String, HostStatus.Hold> holds) {

  public static final Recalled NOTHING =
      new Recalled(Set.of(), Map.of(), Map.of(), Map.of(), Map.of());
}
