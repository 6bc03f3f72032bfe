package io.dowding.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Required programs, and the Debian packages that contain them. */
final class Packages {

  private static final Map<String, String> PACKAGE_OF =
      Map.of(
          "etcd", "etcd-server",
          "etcdctl", "etcd-client",
          "dockerd", "docker.io",
          "iptables", "iptables",
          "busybox", "busybox-static");

  private Packages() {}

  static boolean has(String program) {
    return find(program) != null;
  }

  /** Where programs are, also those of servers, which a user's own path may lack. */
  static String path() {
    String own = System.getenv("PATH");
    // An empty element would be the present directory.
    return (own == null || own.isEmpty() ? "" : own + ":") + "/usr/sbin:/sbin:/usr/local/bin";
  }

  static @org.jspecify.annotations.Nullable Path find(String program) {
    return Arrays.stream(path().split(":", -1))
        .filter(directory -> !directory.isEmpty())
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  /**
   * Installs missing programs with apt, as root.
   *
   * @throws IllegalStateException if that is not possible, with what is missing and how to get it
   */
  static void need(List<String> programs) throws IOException, InterruptedException {
    List<String> missing = programs.stream().filter(program -> !has(program)).toList();
    if (missing.isEmpty()) {
      return;
    }
    List<String> packages =
        missing.stream().map(program -> PACKAGE_OF.getOrDefault(program, program)).toList();
    String wanted = String.join(" ", packages);
    if (!has("apt-get") || !"root".equals(System.getProperty("user.name"))) {
      throw new IllegalStateException(
          "missing: "
              + String.join(", ", missing)
              + ". On Debian or Ubuntu: sudo apt-get install "
              + wanted
              + "; elsewhere see etcd.io/docs/latest/install, docs.docker.com/engine/install and"
              + " busybox.net");
    }
    Output.of(System.out).line("installing " + wanted + " with apt");
    apt("update", "-qq");
    List<String> install =
        new ArrayList<>(List.of("install", "-y", "-qq", "--no-install-recommends"));
    install.addAll(packages);
    apt(install.toArray(String[]::new));
  }

  private static void apt(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("apt-get"));
    command.addAll(List.of(arguments));
    Path log = Files.createTempFile("dowding-apt", ".log");
    ProcessBuilder apt =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    apt.environment().put("DEBIAN_FRONTEND", "noninteractive");
    if (apt.start().waitFor() != 0) {
      throw new IllegalStateException(
          String.join(" ", command) + " failed: " + Files.readString(log).strip());
    }
    Files.delete(log);
  }
}
