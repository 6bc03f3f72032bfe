package io.dowding.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Debian systems that have only sshd, where one key may log in. */
final class FreshDebian implements AutoCloseable {

  private static final String SCRIPT = "src/test/resources/fresh-debian.sh";

  /** Kept, because making them takes minutes. */
  private static final Path FILES = Path.of("target/fresh-debian").toAbsolutePath();

  private final Path key;
  private final List<String> known = new ArrayList<>();

  /** Boots this many. */
  FreshDebian(int count) throws InterruptedException {
    Testbed bed = Testbed.shared();
    try {
      key = Files.createTempDirectory(bed.root(), "fresh").resolve("key");
      Process make =
          new ProcessBuilder("bash", SCRIPT, "make", FILES.toString()).inheritIO().start();
      if (!make.waitFor(10, TimeUnit.MINUTES) || make.exitValue() != 0) {
        throw new IllegalStateException("no files of Debian: see " + FILES + ".log");
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    Shell.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
    for (int n = 1; n <= count; n++) {
      known.add(
          Shell.run(
              "bash",
              SCRIPT,
              "boot",
              FILES.toString(),
              bed.root().toString(),
              bed.subnet(),
              Integer.toString(n),
              key + ".pub"));
    }
  }

  /** The private key of the user who may log in. */
  String key() throws IOException {
    return Files.readString(key);
  }

  /** Lines of known_hosts. */
  List<String> known() {
    return List.copyOf(known);
  }

  /** As {@code init} takes them. */
  List<String> logins() {
    return known.stream().map(line -> "root@" + line.split(" ", 2)[0]).toList();
  }

  @Override
  public void close() {
    for (int n = 1; n <= known.size(); n++) {
      Shell.run("bash", SCRIPT, "off", Testbed.shared().root().toString(), Integer.toString(n));
    }
  }
}
