package io.dowding.it;

import io.dowding.cli.Main;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Runs a main class in a separate JVM, which ends with the tests at the latest. */
final class ChildJvm {

  /** What it loads is kept in the cache. */
  private static final String TRAINING = "io.dowding.cli.Training";

  private static final List<String> FLAGS = flags();

  private ChildJvm() {}

  /** Its command line. */
  static List<String> command(Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>(FLAGS);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /**
   * All that comes before the main class. Where the tests run from dowding's jar, JVMs start from a
   * cache of its classes, which takes half the processor time.
   */
  private static List<String> flags() {
    List<String> flags =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile=config/logback.xml"));
    List<String> jars = new ArrayList<>();
    List<String> all = entries();
    all.stream().filter(entry -> entry.endsWith(".jar")).forEach(jars::add);
    File classes =
        new File(Main.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    if (classes.isFile()) {
      // As bin/dowding does: classes of this age are in no cache if the JVM verifies them.
      jars.stream()
          .filter(jar -> jar.contains("/picocli-"))
          .forEach(jar -> flags.add("-Xbootclasspath/a:" + jar));
      flags.add("-XX:AOTCache=" + cache(flags, jars, classes));
    }
    all.removeAll(jars);
    // A cache fits any class path that begins with its own. It must not contain directories.
    jars.addAll(all);
    flags.addAll(List.of("-cp", String.join(File.pathSeparator, jars)));
    return List.copyOf(flags);
  }

  private static List<String> entries() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** The cache of these jars. The first of several test JVMs makes it, and the others wait. */
  private static Path cache(List<String> flags, List<String> jars, File classes) {
    String path = String.join(File.pathSeparator, jars);
    String key = Integer.toHexString((flags + path + classes.lastModified()).hashCode());
    Path cache = Path.of("target/children-" + key + ".aot");
    try (FileChannel file =
        FileChannel.open(
            Path.of("target/children.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      // Until it is closed.
      file.lock();
      if (!Files.exists(cache)) {
        Path made = Path.of("target/children.aot");
        List<String> train = new ArrayList<>(flags);
        train.addAll(List.of("-XX:AOTCacheOutput=" + made, "-cp", path, TRAINING));
        Shell.run(train.toArray(String[]::new));
        Shell.run("bash", "-c", "rm -f target/children-*.aot");
        Files.move(made, cache);
      }
      return cache;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Starts the JVM and appends its output to a file. */
  static Process start(Class<?> main, Path output, String... arguments) {
    // A JVM never hears SIGHUP if its parent ignores it, as under nohup.
    List<String> command = new ArrayList<>(List.of("env", "--default-signal=HUP"));
    command.addAll(command(main, arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      Testbed.shared().remember(process);
      return process;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
