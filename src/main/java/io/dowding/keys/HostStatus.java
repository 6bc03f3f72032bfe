package io.dowding.keys;

import io.dowding.model.Resources;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code status/hosts/<hostname>}. Times are absolute, to the second; in JSON they are ISO 8601.
 *
 * @param state {@code up}, {@code unknown} or {@code down}
 * @param since when that began
 * @param lastContact only while it does not answer, also before it is {@code unknown}
 * @param operator what {@code hosts/<hostname>} says, or said when it could last be read
 * @param engine the id that its Docker Engine is known by
 * @param capacity what jobs can reserve, without what is kept free; null where the engine does not
 *     tell
 * @param reserved what jobs reserve, running or just allocated
 * @param free the rest
 * @param stays on a drained host, the jobs that do not leave it, each with the reason; or null
 * @param problem why {@code hosts/<hostname>} cannot be read, or what else needs a person although
 *     the host answers, or null
 */
public record HostStatus(
    String state,
    @Nullable Instant since,
    @Nullable Instant lastContact,
    String operator,
    @Nullable String engine,
    @Nullable String version,
    int ours,
    int unmanaged,
    int cpus,
    long memoryBytes,
    @Nullable Amount capacity,
    @Nullable Amount reserved,
    @Nullable Amount free,
    @Nullable String error,
    @Nullable List<String> stays,
    @Nullable String problem) {

  /**
   * An amount of resources.
   *
   * @param devices by kind, or null
   */
  public record Amount(
      BigDecimal cpus, long memoryBytes, @Nullable SortedMap<String, Long> devices) {
    public static Amount of(Resources some) {
      return new Amount(
          new BigDecimal(Resources.cpus(some.nanoCpus())),
          some.memoryBytes(),
          some.devices().isEmpty() ? null : some.devices());
    }
  }

  /**
   * {@code status/holds/<hold>}: something that is deliberately not acted on.
   *
   * @param release what to do about it
   */
  public record Hold(String held, String why, String release) {}
}
