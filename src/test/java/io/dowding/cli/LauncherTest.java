package io.dowding.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("bin/dowding")
class LauncherTest {

  /** Of {@code -XX:+ExitOnOutOfMemoryError}. */
  private static final int OUT_OF_MEMORY = 3;

  @TempDir private Path directory;

  /** A checkout that is built: the real script, with the classes and libraries of this test. */
  private Path checkout() throws IOException, URISyntaxException {
    Path home = directory.resolve("checkout");
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("src/main"));
    Files.createSymbolicLink(home.resolve("src/package"), Path.of("src/package").toAbsolutePath());
    Files.createDirectories(home.resolve("target/lib"));
    Files.createFile(home.resolve("pom.xml"));
    for (String script : new String[] {"dowding", "java-home"}) {
      Files.copy(
          Path.of("bin", script).toAbsolutePath(),
          home.resolve("bin").resolve(script),
          java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
    }
    Path classes = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Files.createSymbolicLink(home.resolve("target/classes"), classes);
    Files.createSymbolicLink(home.resolve("config"), Path.of("config").toAbsolutePath());
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path jar = Path.of(entry).toAbsolutePath();
      Path link = home.resolve("target/lib").resolve(jar.getFileName());
      if (entry.endsWith(".jar") && !Files.exists(link)) {
        Files.createSymbolicLink(link, jar);
      }
    }
    Files.createFile(home.resolve("target/built"));
    return home;
  }

  private static String says(Path home, String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of(home.resolve("bin/dowding").toString()));
    all.addAll(List.of(words));
    ProcessBuilder command = new ProcessBuilder(all).redirectErrorStream(true);
    command.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = command.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  @DisplayName("runs commands without a word about a cache that is missing, damaged or outdated")
  void cache() throws Exception {
    Path home = checkout();
    assertThat(says(home, "--version")).isEqualTo("dowding 0.1.0\n");
    Path cache = Files.writeString(home.resolve("target").resolve(cacheName()), "damaged");
    assertThat(says(home, "--version")).isEqualTo("dowding 0.1.0\n");
    Files.delete(cache);
    String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
    Process made =
        new ProcessBuilder(java, "-XX:AOTCacheOutput=" + cache, "-version")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("made").toFile())
            .start();
    assertThat(made.waitFor()).isZero();
    assertThat(cache).exists();
    assertThat(says(home, "--version")).isEqualTo("dowding 0.1.0\n");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"C", "xx_XX.UTF-8"})
  @DisplayName("reads files with any name, also without a locale, or with one that is missing")
  void names(String locale) throws Exception {
    String script =
        """
        cd "$1" || exit
        name=$(printf 'caf\\303\\251.yaml')
        echo 'services: {a: {image: x}}' > "$name"
        LC_ALL=$3 exec "$2" check "$name"
        """;
    String dowding = checkout().resolve("bin/dowding").toString();
    ProcessBuilder command =
        new ProcessBuilder("sh", "-c", script, "sh", directory.toString(), dowding, locale);
    command.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = command.redirectErrorStream(true).start();
    assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
        .contains("café.yaml: ok\n");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  @DisplayName("says what to do if it is not built since the last change and may not build")
  void mayNotBuild() throws Exception {
    Path home = checkout();
    Files.setLastModifiedTime(home.resolve("target/built"), FileTime.fromMillis(0));
    Set<PosixFilePermission> all = PosixFilePermissions.fromString("rwxr-xr-x");
    Files.setPosixFilePermissions(directory, all);
    Files.setPosixFilePermissions(
        home.resolve("target"), PosixFilePermissions.fromString("r-xr-xr-x"));
    List<String> command =
        new ArrayList<>(
            System.getProperty("user.name").equals("root")
                ? List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
                : List.of());
    command.addAll(List.of(home.resolve("bin/dowding").toString(), "agent"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    Files.setPosixFilePermissions(home.resolve("target"), all);
    assertThat(said)
        .isEqualTo(
            "dowding: not built since the last change: run "
                + home.toRealPath()
                + "/bin/dowding --version as root\n");
    assertThat(process.waitFor()).isEqualTo(1);
  }

  private static String cacheName() throws Exception {
    String[] sum = {
      "sh", "-c", "cksum < '" + System.getProperty("java.home") + "/release' | cut -d' ' -f1"
    };
    Process process = new ProcessBuilder(sum).start();
    return "commands-"
        + new String(process.getInputStream().readAllBytes(), UTF_8).strip()
        + ".aot";
  }

  @Test
  @DisplayName("ends an agent that runs out of memory with an error, so that it is restarted")
  void outOfMemory() throws Exception {
    // A million values: more than the heap holds, less than what an inventory may have.
    Path inventory =
        Files.writeString(directory.resolve("inventory.yaml"), "[" + "{},".repeat(990_000) + "{}]");
    Path config =
        Files.writeString(
            directory.resolve("dowding.yaml"),
            "etcd: {endpoints: \"127.0.0.1:1\"}\ninventory: {file: "
                + inventory
                + "}\nstateDir: "
                + directory.resolve("state"));
    Path says = directory.resolve("says");
    ProcessBuilder command =
        new ProcessBuilder(
                checkout().resolve("bin/dowding").toString(),
                "agent",
                "--config",
                config.toString())
            .redirectErrorStream(true)
            .redirectOutput(says.toFile());
    command.environment().put("JAVA_HOME", System.getProperty("java.home"));
    command.environment().put("DOWDING_HEAP", "48m");
    Process agent = command.start();
    try {
      assertThat(agent.waitFor(60, TimeUnit.SECONDS)).as("ended: %s", says).isTrue();
    } finally {
      agent.destroyForcibly().waitFor();
    }
    assertThat(Files.readString(says)).contains("Terminating due to java.lang.OutOfMemoryError");
    assertThat(agent.exitValue()).isEqualTo(OUT_OF_MEMORY);
  }
}
