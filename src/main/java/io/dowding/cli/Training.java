package io.dowding.cli;

import io.dowding.etcd.EmptyEtcd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Does what most commands do, with an etcd of its own that is empty, and changes nothing. {@code
 * bin/dowding} runs it once after a build, and the JVM keeps the classes that it loads in a cache,
 * so that commands start faster.
 */
final class Training {

  private static final String PROJECT =
      """
      services:
        web:
          image: nginx:1.29
          ports: ["8080:80"]
          environment: {A: "${A:-1}"}
      """;

  private Training() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws IOException {
    Path file = Files.createTempFile("dowding", ".yaml");
    Path config = Files.createTempFile("dowding", ".yaml");
    String named = "--config=" + config;
    try (EmptyEtcd etcd = new EmptyEtcd()) {
      Files.writeString(file, PROJECT);
      Files.writeString(
          config, "etcd: {endpoints: \"127.0.0.1:%d\"}\ninventory: []\n".formatted(etcd.port()));
      List.of(List.of("--help"), List.of("check", "-f", file.toString()), List.of("status", named))
          .forEach(
              words -> {
                String[] typed = words.toArray(String[]::new);
                Main.line(typed).execute(typed);
              });
    } finally {
      Files.delete(file);
      Files.delete(config);
    }
    Exit.prepare();
    // The JVM writes the cache at its own end.
    System.exit(0);
  }
}
