package io.dowding.it;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.AuthConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A real registry for the hosts. */
final class TestRegistry {

  static final String USER = "tester";
  static final String PASSWORD = "open sesame";

  /** The hash of that password; the registry accepts only bcrypt. */
  private static final String BCRYPT =
      "$2y$05$abcdefghijklmnopqrstuupx2xBUC4954936wVIjyyPHmUBFu0wCW";

  private final Testbed bed;
  private final String address;
  private final Path config;
  private final AuthConfig login;
  private Process process;

  /** A public registry over plain HTTP. */
  TestRegistry(Testbed bed) {
    this(bed, 5001, "", new AuthConfig());
  }

  /** A registry with TLS and a password. The engines of the hosts trust its certificate. */
  static TestRegistry secured(Testbed bed) {
    Path key = bed.root().resolve("registry-key.pem");
    Path certificate = bed.root().resolve("registry.pem");
    Path users = bed.root().resolve("registry-users");
    String address = bed.gateway() + ":5002";
    Shell.run(
        ("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=registry -keyout %s -out %s"
                + " -addext subjectAltName=IP:%s")
            .formatted(key, certificate, bed.gateway())
            .split(" ", -1));
    try {
      Files.writeString(users, USER + ":" + BCRYPT + "\n");
      for (int n = 1; n <= bed.hosts().size(); n++) {
        Path trusted = bed.root().resolve("h" + n).resolve("etc/certs.d").resolve(address);
        Files.createDirectories(trusted);
        Files.copy(certificate, trusted.resolve("ca.crt"));
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    String more =
        "  tls:\n    certificate: "
            + certificate
            + "\n    key: "
            + key
            + "\nauth:\n  htpasswd:\n    realm: test\n    path: "
            + users
            + "\n";
    return new TestRegistry(
        bed, 5002, more, new AuthConfig().withUsername(USER).withPassword(PASSWORD));
  }

  private TestRegistry(Testbed bed, int port, String more, AuthConfig login) {
    this.bed = bed;
    this.login = login;
    this.address = bed.gateway() + ":" + port;
    try {
      config =
          Files.writeString(
              bed.root().resolve("registry-" + port + ".yaml"),
              "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: "
                  + bed.root().resolve("registry-" + port)
                  + "\nhttp:\n  addr: "
                  + address
                  + "\n"
                  + more);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    start();
  }

  String address() {
    return address;
  }

  void start() {
    try {
      process =
          new ProcessBuilder("docker-registry", "serve", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(Path.of(config + ".log").toFile())
              .start();
      bed.remember(process);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Pushes an image of a host and removes it there; returns its name in the registry. */
  String push(TestHost host, String image, String name) {
    String repository = address + "/" + name;
    DockerClient docker = host.docker();
    docker.tagImageCmd(image, repository, "1").exec();
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(
            () ->
                docker
                        .pushImageCmd(repository)
                        .withTag("1")
                        .withAuthConfig(login)
                        .start()
                        .awaitCompletion()
                    != null);
    docker.removeImageCmd(repository + ":1").exec();
    return repository + ":1";
  }
}
