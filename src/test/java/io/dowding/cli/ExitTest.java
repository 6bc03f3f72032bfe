package io.dowding.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExitTest {

  private static final int STATUS = 7;
  private static final int OF_THE_SIGNAL = 5;

  private record Ended(int status, String said) {}

  /** Says something without a line break, and ends. */
  static final class Done {
    public static void main(String[] arguments) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.print(", late")));
      System.out.print("done");
      Exit.with(STATUS);
    }
  }

  /** Is done while a signal ends it. */
  static final class Late {
    public static void main(String[] arguments) {
      Thread done = new Thread(() -> Exit.with(STATUS));
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    done.start();
                    while (done.getState() != Thread.State.BLOCKED) {
                      Thread.onSpinWait();
                    }
                  }));
      System.exit(OF_THE_SIGNAL);
    }
  }

  private static Ended run(Class<?> main) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    main.getName()))
            .redirectErrorStream(true)
            .start();
    try {
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      return new Ended(process.exitValue(), said);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @DisplayName("a process that is done ends at once, with its status and all that it has said")
  void done() throws IOException, InterruptedException {
    assertThat(run(Done.class)).isEqualTo(new Ended(STATUS, "done"));
  }

  @Test
  @DisplayName("the status of a process that a signal ends is that of the signal")
  void signal() throws IOException, InterruptedException {
    assertThat(run(Late.class)).isEqualTo(new Ended(OF_THE_SIGNAL, ""));
  }
}
