package io.dowding.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;

/**
 * Changed answers of engines for as long as one likes: {@code FuzzAnswers --inputs N --minutes M}.
 * Goes on where the last one ended, by a file; {@code FuzzAnswers --seed N} reads one of them
 * again.
 */
public final class FuzzAnswers {

  private static final Path NEXT = Path.of("target", "fuzz-answers-next-seed");
  private static final long FIRST = 500_000;
  private static final long BATCH = 100_000;
  private static final int MOST_TOLD = 100;

  private FuzzAnswers() {}

  public static void main(String[] arguments) throws IOException {
    List<String> given = List.of(arguments);
    long seed = number(given, "--seed", -1);
    if (seed >= 0) {
      System.out.println(AnswerFuzz.one(seed));
    } else {
      System.exit(many(number(given, "--inputs", 0), number(given, "--minutes", 60)));
    }
  }

  private static long number(List<String> given, String name, long otherwise) {
    int at = given.indexOf(name);
    return at < 0 ? otherwise : Long.parseLong(given.get(at + 1));
  }

  /**
   * @param inputs how many at the most; 0 for as many as there is time for
   */
  private static int many(long inputs, long minutes) throws IOException {
    long first = Files.exists(NEXT) ? Long.parseLong(Files.readString(NEXT).strip()) : FIRST;
    long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
    Map<Long, String> broken = new ConcurrentSkipListMap<>();
    long next = first;
    while ((inputs == 0 || next - first < inputs) && System.nanoTime() - end < 0) {
      long to = inputs == 0 ? next + BATCH : Math.min(next + BATCH, first + inputs);
      LongStream.range(next, to).parallel().forEach(seed -> one(seed, broken));
      next = to;
      Files.writeString(NEXT, Long.toString(next));
      System.out.printf("%d inputs, %d broken%n", next - first, broken.size());
    }
    broken.values().stream().limit(MOST_TOLD).forEach(System.out::println);
    // To have read nothing is no success.
    return broken.isEmpty() && next > first ? 0 : 1;
  }

  private static void one(long seed, Map<Long, String> broken) {
    try {
      AnswerFuzz.one(seed);
    } catch (AnswerFuzz.Broken found) {
      broken.put(seed, String.valueOf(found.getMessage()));
    }
  }
}
