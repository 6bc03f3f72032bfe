package io.dowding.it;

import io.dowding.sim.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Injects random faults, in an order that depends on the seed: {@code bin/chaos}. */
final class ChaosMain {

  private ChaosMain() {}

  public static void main(String[] arguments) {
    List<String> given = List.of(arguments);
    long minutes = number(given, "--minutes", 10);
    long seed = number(given, "--seed", System.currentTimeMillis() % 100_000);
    long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
    List<ChaosFault> all = List.of(ChaosFault.values());
    Map<ChaosFault, Integer> injected = new TreeMap<>();
    List<String> broken = new ArrayList<>();
    try (Chaos chaos = new Chaos(seed)) {
      while (System.nanoTime() < end && broken.isEmpty()) {
        ChaosFault fault = all.get(chaos.random.nextInt(all.size()));
        long began = System.nanoTime();
        try {
          broken.addAll(chaos.inject(fault));
        } catch (AssertionError | RuntimeException failed) {
          broken.add(fault + ": " + failed.getMessage());
        }
        injected.merge(fault, 1, Integer::sum);
        System.out.printf(
            "%s: %d s, %d changes seen%s%n",
            fault,
            (System.nanoTime() - began) / 1_000_000_000,
            chaos.changesSeen(),
            broken.isEmpty() ? "" : ", BROKEN " + broken);
      }
      Report.write(
          "chaos",
          List.of(
              "seed " + seed,
              "faults " + injected,
              "changes of hosts that witnesses saw: " + chaos.changesSeen(),
              "broken: " + broken));
    }
    System.out.println("seed " + seed + ": " + injected + ", broken: " + broken);
    System.exit(broken.isEmpty() ? 0 : 1);
  }

  private static long number(List<String> given, String name, long otherwise) {
    int at = given.indexOf(name);
    return at < 0 ? otherwise : Long.parseLong(given.get(at + 1));
  }
}
