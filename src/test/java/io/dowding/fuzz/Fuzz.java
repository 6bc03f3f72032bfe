package io.dowding.fuzz;

import com.sun.management.ThreadMXBean;
import io.dowding.docker.AnswerTarget;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives each reader many inputs, each made from one seed. {@code Fuzz --inputs N --minutes M}
 * continues after the last seed, which it keeps in a file. {@code Fuzz --seed N} prints and reads
 * one input.
 */
final class Fuzz {

  /** The limit of CPU time, which does not count other processes. */
  private static final Duration LONGEST = Duration.ofSeconds(1);

  /** No thread of the agent has less. */
  private static final int STACK_BYTES = 256 * 1024;

  private static final int BATCH = 20_000;
  private static final Path NEXT = Path.of("target", "fuzz-next-seed");
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final List<Target> targets;
  final Map<Long, String> broken = new ConcurrentSkipListMap<>();

  Fuzz(List<Target> targets) {
    this.targets = targets;
  }

  static List<Target> all() {
    return List.of(
        new KeyTarget(),
        new StepTarget(),
        new ComposeTarget(),
        new InventoryTarget(),
        new AnswerTarget());
  }

  public static void main(String[] arguments) throws IOException {
    List<String> given = List.of(arguments);
    Fuzz fuzz = new Fuzz(all());
    if (given.contains("--seed")) {
      fuzz.show(number(given, "--seed", 0));
      return;
    }
    System.exit(
        fuzz.many(number(given, "--inputs", Long.MAX_VALUE), number(given, "--minutes", 60)));
  }

  private static long number(List<String> given, String name, long otherwise) {
    int at = given.indexOf(name);
    return at < 0 ? otherwise : Long.parseLong(given.get(at + 1));
  }

  private int many(long inputs, long minutes) throws IOException {
    long first = Files.exists(NEXT) ? Long.parseLong(Files.readString(NEXT).strip()) : 1_000_000;
    long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
    long done = 0;
    while (done < inputs && System.nanoTime() < end) {
      long count = Math.min(BATCH, inputs - done);
      run(first + done, first + done + count);
      done += count;
      Files.writeString(NEXT, Long.toString(first + done));
      System.out.printf("%d inputs, %d broken%n", done, broken.size());
    }
    broken.forEach(
        (seed, what) ->
            System.out.printf("seed %d: %s%n  again: bin/fuzz --seed %d%n", seed, what, seed));
    // A run without inputs proves nothing.
    return broken.isEmpty() && done > 0 ? 0 : 1;
  }

  /** Runs these seeds on all processors. */
  void run(long from, long to) {
    AtomicLong next = new AtomicLong(from);
    List<Thread> threads = new ArrayList<>();
    for (int n = Runtime.getRuntime().availableProcessors(); n > 0; n--) {
      Thread thread =
          new Thread(
              null,
              () -> {
                for (long seed = next.getAndIncrement(); seed < to; seed = next.getAndIncrement()) {
                  one(seed);
                }
              },
              "fuzz-" + n,
              STACK_BYTES);
      thread.start();
      threads.add(thread);
    }
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }

  private Target target(long seed) {
    return targets.get((int) (seed % targets.size()));
  }

  private void one(long seed) {
    Target target = target(seed);
    Target.Input input = target.input(new SplittableRandom(seed));
    long id = Thread.currentThread().threadId();
    long time = THREADS.getCurrentThreadCpuTime();
    long bytes = THREADS.getThreadAllocatedBytes(id);
    try {
      target.read(input);
    } catch (Throwable thrown) {
      broken.put(seed, target.name() + " " + input.name() + ": " + thrown);
      return;
    }
    time = THREADS.getCurrentThreadCpuTime() - time;
    bytes = THREADS.getThreadAllocatedBytes(id) - bytes;
    if (time > LONGEST.toNanos() || bytes > target.mostBytes()) {
      String cost = " took " + time / 1_000_000 + " ms and " + bytes + " bytes";
      broken.put(seed, target.name() + " " + input.name() + cost);
    }
  }

  private void show(long seed) throws IOException {
    Target target = target(seed);
    Target.Input input = target.input(new SplittableRandom(seed));
    System.out.println(target.name() + " " + input.name());
    System.out.println(new String(input.value(), StandardCharsets.UTF_8));
    target.read(input);
  }
}
