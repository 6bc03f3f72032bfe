package io.dowding.model;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * CPUs, memory and devices that a host has or a job reserves. Whole numbers, so that adding and
 * subtracting leaves no rounding error.
 *
 * @param nanoCpus billionths of a CPU
 * @param memoryBytes bytes
 * @param devices how many of each kind
 */
public record Resources(long nanoCpus, long memoryBytes, SortedMap<String, Long> devices) {

  public static final Resources NONE = new Resources(0, 0);

  private static final long NANO = 1_000_000_000;
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;

  public Resources {
    devices = Collections.unmodifiableSortedMap(new TreeMap<>(devices));
  }

  public Resources(long nanoCpus, long memoryBytes) {
    this(nanoCpus, memoryBytes, new TreeMap<>());
  }

  public boolean isNone() {
    return nanoCpus == 0 && memoryBytes == 0 && devices.isEmpty();
  }

  public Resources plus(Resources other) {
    return other.isNone() ? this : sum(other, 1);
  }

  public Resources minus(Resources other) {
    return other.isNone() ? this : sum(other, -1);
  }

  /** Subtracts what is kept free. A zero means unknown and stays zero. */
  public Resources keeping(Resources reserve) {
    return new Resources(
        keeping(nanoCpus, reserve.nanoCpus), keeping(memoryBytes, reserve.memoryBytes), devices);
  }

  private static long keeping(long all, long reserve) {
    return all == 0 ? 0 : Math.max(1, all - reserve);
  }

  private Resources sum(Resources other, int sign) {
    SortedMap<String, Long> all = new TreeMap<>(devices);
    other.devices.forEach((kind, count) -> all.merge(kind, sign * count, Long::sum));
    all.values().removeIf(count -> count == 0);
    return new Resources(
        nanoCpus + sign * other.nanoCpus, memoryBytes + sign * other.memoryBytes, all);
  }

  /** What is left after these are taken; nothing is negative. */
  public Resources left(Resources taken) {
    SortedMap<String, Long> all = new TreeMap<>(devices);
    all.replaceAll((kind, count) -> Math.max(0, count - taken.devices.getOrDefault(kind, 0L)));
    return new Resources(
        Math.max(0, nanoCpus - taken.nanoCpus), Math.max(0, memoryBytes - taken.memoryBytes), all);
  }

  /** {@code 0.5}, from billionths. */
  public static String cpus(long nanoCpus) {
    return BigDecimal.valueOf(nanoCpus, 9).stripTrailingZeros().toPlainString();
  }

  /** {@code 0.5 GiB}, {@code 300 MiB} or {@code 4096 B}, rounded down to two digits. */
  public static String memory(long bytes) {
    long unit = bytes >= GIB / 2 || bytes == 0 ? GIB : bytes >= MIB ? MIB : 1;
    BigDecimal amount = BigDecimal.valueOf(bytes / unit * 100 + bytes % unit * 100 / unit, 2);
    String name = unit == GIB ? " GiB" : unit == MIB ? " MiB" : " B";
    return amount.stripTrailingZeros().toPlainString() + name;
  }

  /** Whole CPUs in billionths. */
  public static long nanos(int cpus) {
    return cpus * NANO;
  }
}
