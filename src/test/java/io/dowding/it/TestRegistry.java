package io.dowding.it;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real registry that the hosts can pull from. */
final class TestRegistry {

  private final Testbed bed;
  private final String address;
  private final Path config;
  private Process process;

  TestRegistry(Testbed bed) {
    this.bed = bed;
    this.address = bed.gateway() + ":5001";
    try {
      config =
          Files.writeString(
              bed.root().resolve("registry.yaml"),
              "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: "
                  + bed.root().resolve("registry")
                  + "\nhttp:\n  addr: "
                  + address
                  + "\n");
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    start();
  }

  void start() {
    try {
      process =
          new ProcessBuilder("docker-registry", "serve", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(bed.root().resolve("registry.log").toFile())
              .start();
      bed.remember(process);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Pushes an image that a host has, which then has it no more; returns how it is called now. */
  String push(TestHost host, String image, String name) {
    String repository = address + "/" + name;
    DockerClient docker = host.docker();
    docker.tagImageCmd(image, repository, "1").exec();
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(
            () -> docker.pushImageCmd(repository).withTag("1").start().awaitCompletion() != null);
    docker.removeImageCmd(repository + ":1").exec();
    return repository + ":1";
  }
}
