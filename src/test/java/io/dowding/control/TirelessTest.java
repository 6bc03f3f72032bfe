package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TirelessTest {

  private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

  private static int tooDeep(int depth) {
    return depth < 0 ? depth : tooDeep(depth + 1) + 1;
  }

  @Test
  @DisplayName("anything a turn throws is reported, and the next turn follows")
  void continues() throws InterruptedException {
    List<Tireless.Turn> turns =
        new ArrayList<>(
            List.of(
                () -> {
                  throw new IllegalStateException("bug");
                },
                () -> failures.add(new Exception("depth " + tooDeep(0))),
                () -> {
                  throw new OutOfMemoryError("not really");
                },
                () -> {
                  throw new java.io.IOException("broken");
                }));
    CountDownLatch all = new CountDownLatch(1);
    Thread thread =
        Tireless.start(
            Thread.ofVirtual(),
            Duration.ofMillis(1),
            () -> {
              if (turns.isEmpty()) {
                all.countDown();
                new CountDownLatch(1).await();
              } else {
                turns.removeFirst().take();
              }
            },
            failures::add);
    all.await();
    assertThat(failures)
        .extracting(failure -> (Object) failure.getClass().getSimpleName())
        .containsExactly(
            "IllegalStateException", "StackOverflowError", "OutOfMemoryError", "IOException");
    thread.interrupt();
    assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  @DisplayName("a failure that cannot be reported does not end the loop")
  void reportFails() throws InterruptedException {
    CountDownLatch turns = new CountDownLatch(3);
    Thread thread =
        Tireless.start(
            Thread.ofPlatform().daemon(),
            Duration.ofMillis(1),
            () -> {
              turns.countDown();
              throw new IllegalStateException("bug");
            },
            failure -> {
              throw new IllegalStateException("and another");
            });
    assertThat(turns.await(10, TimeUnit.SECONDS)).isTrue();
    thread.interrupt();
    assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
  }

  /** A program whose worker thread dies. */
  static final class WorkerDies {
    public static void main(String[] arguments) throws InterruptedException {
      LastResort.install();
      Thread.ofVirtual()
          .start(
              () -> {
                throw new IllegalStateException("bug");
              });
      new CountDownLatch(1).await();
    }
  }

  @Test
  @DisplayName("a process that loses another thread exits with an error")
  void lastResort() throws Exception {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerDies.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(LastResort.STATUS);
    } finally {
      process.destroyForcibly();
    }
  }
}
