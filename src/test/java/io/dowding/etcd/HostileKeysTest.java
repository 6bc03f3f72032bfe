package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.keys.Parsed;
import io.dowding.keys.StoreChange;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A hostile value is a problem of its key, found quickly and reported briefly")
class HostileKeysTest {

  /** Processor time, which a busy machine does not change. */
  private static final Duration AT_MOST = Duration.ofSeconds(1);

  /** No thread of the agent has less. */
  private static final int STACK_BYTES = 256 * 1024;

  private static final int LONGEST_PROBLEM = 8000;

  private static String items(int count, String item) {
    return IntStream.range(0, count)
        .mapToObj(n -> item.replace("#", Integer.toString(n)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String fields(int count, String field) {
    return IntStream.range(0, count)
        .mapToObj(n -> field.replace("#", Integer.toString(n)))
        .collect(Collectors.joining(",", "{", "}"));
  }

  private static String with(String field) {
    return "{\"image\":\"a\"," + field + "}";
  }

  private static String hostile(String kind) {
    return switch (kind) {
      case "an image of 20,000 parts" -> "{\"image\":\"" + "a/".repeat(20_000) + "a\"}";
      case "an image of 500 KB" -> "{\"image\":\"" + "a".repeat(500_000) + "!\"}";
      case "65 million ports" -> with("\"ports\":" + items(1000, "\"1-65535:1-65535\""));
      case "long ports" -> with("\"ports\":" + items(10, "\"" + "1".repeat(40_000) + "\""));
      case "500 KB of digits in a duration" ->
          with("\"stop_grace_period\":\"" + "9".repeat(500_000) + "s\"");
      case "500 KB of digits in a size" -> with("\"mem_limit\":\"" + "9".repeat(500_000) + "\"");
      case "500 KB of digits as a number" -> with("\"mem_limit\":" + "9".repeat(500_000));
      case "a large exponent" -> with("\"mem_limit\":1e999999999,\"cpus\":1e-999999999");
      case "a large exponent for a ratio" ->
          with("\"deploy\":{\"update_config\":{\"max_failure_ratio\":\"1e999999999\"}}");
      case "100,000 nested lists" -> with("\"x-a\":" + "[".repeat(100_000));
      case "200 nested objects" -> with("\"x-a\":" + "{\"a\":".repeat(200) + "1" + "}".repeat(200));
      case "100,000 values" -> with("\"x-a\":" + items(100_000, "1"));
      case "40,000 unknown fields" -> fields(40_000, "\"f#\":1");
      case "unknown fields with long names" -> fields(100, "\"" + "f".repeat(4000) + "#\":1");
      case "1,000 files below 10,000 mounts" ->
          with(
              "\"tmpfs\":"
                  + items(10_000, "\"/v#\"")
                  + ",\"volumes\":"
                  + items(500, "\"/v#:/a/\"")
                  + ",\"configs\":"
                  + items(1000, "{\"source\":\"c#\",\"target\":\"/a/c#\"}"));
      case "20,000 dependencies" -> with("\"depends_on\":" + items(20_000, "\"s#\""));
      case "20,000 volumes_from" -> with("\"volumes_from\":" + items(20_000, "\"s#\""));
      case "20,000 configs" -> with("\"configs\":" + items(20_000, "\"c#\""));
      case "many slashes" ->
          with(
              "\"volumes\":[\"a:/"
                  + "/".repeat(400_000)
                  + "x\"],\"configs\":[{\"source\":\"c\",\"target\":\"/"
                  + "/".repeat(100_000)
                  + "\"}]");
      case "a constraint of spaces" ->
          with(
              "\"deploy\":{\"placement\":{\"constraints\":[\"node.tags =="
                  + " ".repeat(400_000)
                  + "\"]}}");
      case "raw bytes" -> "\u0000\u001b[2J\ufffe\uffff";
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** Reads in a thread with a small stack, within a second of its processor time. */
  private static <T> T quickly(Supplier<T> what) {
    AtomicReference<T> result = new AtomicReference<>();
    AtomicReference<Throwable> failed = new AtomicReference<>();
    AtomicReference<Duration> took = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                result.set(what.get());
              } catch (Throwable any) {
                failed.set(any);
              }
              long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
              took.set(Duration.ofNanos(nanos));
            },
            "reader",
            STACK_BYTES);
    thread.start();
    try {
      assertThat(thread.join(Duration.ofSeconds(30))).as("it ends").isTrue();
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
    assertThat(failed.get()).isNull();
    assertThat(took.get()).isLessThan(AT_MOST);
    return result.get();
  }

  private static String problem(StoreChange change) {
    return switch (change) {
      case StoreChange.OfService(var _, Parsed.Invalid<?>(String problem), var _, long _) ->
          problem;
      case StoreChange.OfPin(var _, Parsed.Invalid<?>(String problem), long _) -> problem;
      case StoreChange.OfHostWord(var _, Parsed.Invalid<?>(String problem), long _) -> problem;
      case StoreChange.OfAllocation(var _, Parsed.Invalid<?>(String problem), long _) -> problem;
      case StoreChange.OfInventory(var _, Parsed.Invalid<?>(String problem), long _) -> problem;
      case StoreChange.OfNothing(var _, String problem, long _) when problem != null -> problem;
      default -> throw new AssertionError("not reported as a problem: " + change);
    };
  }

  private static String problemOf(String key, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return problem(quickly(() -> KeyReader.read(key, bytes, 9).orElseThrow()));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("of a service")
  @CsvSource(
      delimiter = '|',
      value = {
        "an image of 20,000 parts           | is not an image such as",
        "an image of 500 KB                 | is not an image such as",
        "65 million ports                   | 65535 ports at most",
        "long ports                         | is not a port such as",
        "500 KB of digits in a duration     | is not a duration",
        "500 KB of digits in a size         | is not a size",
        "500 KB of digits as a number       | exceeds the maximum allowed",
        "a large exponent                   | is not a size",
        "a large exponent for a ratio       | is not a number from 0 to 1",
        "100,000 nested lists               | nesting depth",
        "200 nested objects                 | nesting depth",
        "100,000 values                     | more than the 65536 values allowed",
        "40,000 unknown fields              | and 39981 more",
        "unknown fields with long names     | is not supported",
        "1,000 files below 10,000 mounts    | lies in the mount",
        "20,000 dependencies                | more than the 1000 allowed",
        "20,000 volumes_from                | more than the 100 allowed",
        "20,000 configs                     | more than the 1000 allowed",
        "many slashes                       | is not a path of one file",
        "a constraint of spaces             | is not a constraint",
        "raw bytes                          | not JSON",
      })
  void service(String kind, String problem) {
    assertThat(problemOf("services/web", hostile(kind)))
        .contains(problem)
        .hasSizeLessThan(LONGEST_PROBLEM)
        .matches(text -> text.chars().noneMatch(c -> c < ' '), "without control characters");
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("of every other kind of key")
  @CsvSource(
      delimiter = '|',
      value = {
        "pins/web         | is not a pin: write one hostname",
        "hosts/host1      | is not active, pause, drain or gone",
        "inventory/host1  | bytes long, more than the 65536 allowed",
        "allocations/web.1| bytes long, more than the 65536 allowed",
        "leader/1a        | is not a candidacy",
        "nonsense/x       | unknown key",
      })
  void others(String key, String problem) {
    for (String value : new String[] {"x".repeat(1_400_000), "[".repeat(100_000), "\u001b[2J\n"}) {
      assertThat(problemOf(key, value)).hasSizeLessThan(LONGEST_PROBLEM);
    }
    assertThat(problemOf(key, "{\"a\":".repeat(100_000))).contains(problem);
  }

  @Test
  @DisplayName("a name of a megabyte is reported as invalid, for every kind of key")
  void names() {
    for (String kind : new String[] {"services", "pins", "hosts", "inventory", "configs"}) {
      assertThat(problemOf(kind + "/" + "a.".repeat(500_000), "x")).contains("the name after");
      assertThat(problemOf(kind + "/" + "a/".repeat(500_000), "x")).contains("the name after");
    }
  }

  @Test
  @DisplayName("a deleted key is no longer a problem, whatever its name")
  void deleted() {
    assertThat(KeyReader.read("services/a/b", null, 9))
        .contains(new StoreChange.OfNothing("services/a/b", null, 9));
  }
}
