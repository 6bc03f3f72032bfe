package io.dowding.sim;

import io.dowding.sim.Faults.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * Random runs: {@code Simulate --seeds N --minutes M} continues after the last seed, which it keeps
 * in a file. {@code Simulate --seed N} prints one run, {@code Simulate --scenario NAME CALL
 * VERDICT} a scenario with one fault.
 */
final class Simulate {

  private static final Path NEXT = Path.of("target", "simulate-next-seed");
  private static final int BATCH = 8;

  private Simulate() {}

  public static void main(String[] arguments) throws IOException {
    List<String> given = List.of(arguments);
    if (given.contains("--seed")) {
      RandomRun run = new RandomRun((long) number(given, "--seed", 0), new Bugs(), 3);
      print(run.sim, run::run);
    } else if (given.contains("--scenario")) {
      scenario(given.subList(given.indexOf("--scenario") + 1, given.size()));
    } else {
      long seeds = (long) number(given, "--seeds", Long.MAX_VALUE);
      System.exit(many(seeds, Duration.ofSeconds((long) (60 * number(given, "--minutes", 60)))));
    }
  }

  private static double number(List<String> given, String name, double otherwise) {
    int at = given.indexOf(name);
    return at < 0 ? otherwise : Double.parseDouble(given.get(at + 1));
  }

  private static int many(long seeds, Duration time) throws IOException {
    long first = Files.exists(NEXT) ? Long.parseLong(Files.readString(NEXT).strip()) : 5000;
    long end = System.nanoTime() + time.toNanos();
    AtomicLong broken = new AtomicLong();
    AtomicLong steps = new AtomicLong();
    long done = 0;
    while (done < seeds && System.nanoTime() < end) {
      long next = first + done;
      long batch = Math.min(BATCH, seeds - done);
      LongStream.range(next, next + batch).parallel().forEach(seed -> one(seed, broken, steps));
      done += batch;
      Files.createDirectories(NEXT.getParent());
      Files.writeString(NEXT, Long.toString(first + done));
      System.out.printf("%d seeds, %d steps, %d broken%n", done, steps.get(), broken.get());
    }
    if (steps.get() == 0) {
      System.out.println("nothing was simulated: --seeds and --minutes must be positive");
    }
    return broken.get() == 0 && steps.get() > 0 ? 0 : 1;
  }

  private static void one(long seed, AtomicLong broken, AtomicLong steps) {
    RandomRun run = new RandomRun(seed, new Bugs(), 3);
    try {
      run.run();
    } catch (RuntimeException | Oracle.Broken failed) {
      String what = String.valueOf(failed.getMessage()).lines().findFirst().orElse("");
      broken.incrementAndGet();
      System.out.printf("seed %d: %s%n  again: bin/simulate --seed %d%n", seed, what, seed);
    }
    steps.addAndGet(run.sim.time.steps());
  }

  private static void scenario(List<String> given) {
    Scenario scenario =
        Scenario.all().stream()
            .filter(one -> one.name().equals(given.getFirst()))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("no such scenario: " + given));
    ScenarioRun run = new ScenarioRun(scenario, new Bugs());
    int at = Integer.parseInt(given.get(1));
    Verdict verdict = Verdict.valueOf(given.get(2));
    print(run.sim, () -> run.run(CrashPoints.at(at, verdict), 2));
  }

  private static void print(Simulation sim, Runnable run) {
    sim.traced();
    try {
      run.run();
    } finally {
      System.out.println(sim.traceText());
    }
  }
}
