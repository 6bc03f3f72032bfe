package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A program that depends on the installed library")
class ConsumerIT {

  private static final Path JAR = Path.of("target/dowding-0.1.0-SNAPSHOT.jar");
  private static final Path POM = Path.of("target/.flattened-pom.xml");
  private static final String INSTALL =
      "org.apache.maven.plugins:maven-install-plugin:3.2.0:install-file";
  private static final Pattern NETTY =
      Pattern.compile("/io/netty/netty-[a-z0-9-]+/(4[0-9.]+)Final/");
  private static final Pattern LOG_LINE =
      Pattern.compile("^(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|SEVERE)");

  @TempDir private static Path directory;
  private static TestCluster cluster;
  private static String classPath;

  @BeforeAll
  static void build() throws IOException {
    cluster = new TestCluster(2);
    Path sources = Files.createDirectories(directory.resolve("src/main/java/consumer"));
    Files.copy(Path.of("src/test/resources/consumer/pom.xml"), directory.resolve("pom.xml"));
    Files.writeString(sources.resolve("Example.java"), "package consumer;\n" + example());
    maven(INSTALL, "-Dfile=" + JAR.toAbsolutePath(), "-DpomFile=" + POM.toAbsolutePath());
    maven(
        "-f",
        directory.toString(),
        "compile",
        "dependency:build-classpath",
        "-Dmdep.outputFile=" + directory.resolve("classpath"));
    classPath = Files.readString(directory.resolve("classpath")).strip();
  }

  @AfterAll
  static void close() {
    cluster.close();
  }

  /** The README's, with the addresses of this test. */
  private static String example() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    int begin = readme.indexOf("```java\n") + "```java\n".length();
    return readme
        .substring(begin, readme.indexOf("```", begin))
        .replace(
            "127.0.0.1:2379\")",
            Testbed.shared().etcdEndpoint() + "\").baseKey(\"" + cluster.base() + "\")")
        .replace("ssh://dowding@192.168.8.120", cluster.hosts().get(0).endpoint())
        .replace("ssh://dowding@192.168.8.121", cluster.hosts().get(1).endpoint());
  }

  private static void maven(String... arguments) {
    List<String> command = new ArrayList<>(List.of("mvn", "-B", "-q", "-ntp"));
    command.addAll(Arrays.asList(arguments));
    Shell.run(command.toArray(String[]::new));
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  private static List<String> run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(tool("java")));
    command.addAll(Arrays.asList(arguments));
    List<String> lines = Shell.run(command.toArray(String[]::new)).lines().toList();
    assertThat(lines)
        .containsSubsequence("host2", "host2")
        .anyMatch(line -> line.startsWith("host1 tcp://"))
        .anyMatch(line -> line.startsWith("hello unknown {\"image\":\"nginx:1.29\""));
    return lines;
  }

  private static List<String> logLines(List<String> lines) {
    return lines.stream()
        .filter(line -> LOG_LINE.matcher(line.replaceFirst("^\\[[^]]*] ", "")).find())
        .toList();
  }

  @Test
  @DisplayName("runs the README's example on the class path, and logs one line at most")
  void onClassPath() {
    // Protobuf's use of memory makes the JVM itself warn.
    String quiet = "--sun-misc-unsafe-memory-access=allow";
    List<String> lines =
        run(
            quiet,
            "-cp",
            directory.resolve("target/classes") + ":" + classPath,
            "consumer.Example");
    assertThat(logLines(lines)).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  @DisplayName("comes with its sources and its Javadoc")
  void sources() {
    assertThat(entries("-sources.jar")).contains("io/dowding/Scheduler.java");
    assertThat(entries("-javadoc.jar")).contains("io/dowding/Scheduler.html");
  }

  private static List<String> entries(String suffix) {
    String jar = JAR.toString().replace(".jar", suffix);
    return Shell.run(tool("jar"), "--list", "--file", jar).lines().toList();
  }

  @Test
  @DisplayName("runs it as a module")
  void onModulePath() throws IOException {
    Path source =
        Files.writeString(
            Files.createDirectories(directory.resolve("module")).resolve("module-info.java"),
            "module consumer { requires io.dowding; }");
    Path modules = directory.resolve("modules");
    Shell.run(
        tool("javac"),
        "-d",
        modules.toString(),
        "--module-path",
        classPath,
        source.toString(),
        directory.resolve("src/main/java/consumer/Example.java").toString());
    run(
        "--module-path",
        modules + ":" + classPath,
        "--add-modules",
        "ALL-MODULE-PATH,jdk.net",
        "-m",
        "consumer/consumer.Example");
  }

  @Test
  @DisplayName("gets one Netty, and nothing that only the agent needs")
  void tree() {
    Set<String> versions =
        NETTY.matcher(classPath).results().map(match -> match.group(1)).collect(Collectors.toSet());
    assertThat(versions).hasSize(1);
    assertThat(classPath).contains("slf4j-api").doesNotContain("logback", "picocli", "prometheus");
  }
}
