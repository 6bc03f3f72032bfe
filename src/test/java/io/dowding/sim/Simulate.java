package io.dowding.sim;

final class Simulate {
  private Simulate() {}

  public static void main(String[] arguments) {
    long steps = 0;
    long t = System.nanoTime();
    for (long seed = 0; seed < Long.parseLong(arguments[0]); seed++) {
      RandomRun run = new RandomRun(seed, new Bugs(), 3);
      try {
        run.run();
      } catch (RuntimeException | Oracle.Broken failed) {
        System.out.println("seed " + seed + " " + failed);
      }
      steps += run.sim.time.steps();
    }
    System.out.println(steps + " steps " + (System.nanoTime() - t) / 1e9 + " s");
  }
}
