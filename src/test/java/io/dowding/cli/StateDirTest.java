package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.control.Audit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@DisplayName("The state directory")
class StateDirTest {

  @TempDir private Path directory = Path.of("");

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static Path open(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }

  @Test
  @DisplayName("is private to its owner, with everything in it")
  void made() throws IOException {
    Path state = directory.resolve("a").resolve("b");
    new StateDir(state).remember("uuid", 7);
    assertThat(permissions(state)).isEqualTo("rwx------");
    assertThat(permissions(state.resolve("cluster.json"))).isEqualTo("rw-------");
    assertThat(new StateDir(state).cluster()).isEqualTo("uuid");
  }

  @Test
  @DisplayName("that an older release left open is made private at the start")
  void repaired() throws IOException {
    Path state = open(Files.createDirectory(directory.resolve("state")));
    Path cluster = open(Files.writeString(state.resolve("cluster.json"), "{\"uuid\":\"u\"}"));
    Path audit = open(Files.createFile(state.resolve("audit.log")));
    Path old = open(Files.createFile(state.resolve("audit.2026-11-01.0.log.gz")));
    assertThat(new StateDir(state).cluster()).isEqualTo("u");
    assertThat(permissions(state)).isEqualTo("rwx------");
    for (Path file : new Path[] {cluster, audit, old}) {
      assertThat(permissions(file)).as(file.toString()).isEqualTo("rw-------");
    }
  }

  @Test
  @DisplayName("that others use stays open to them; dowding's files in it do not")
  void shared() throws IOException {
    Path state = open(Files.createDirectory(directory.resolve("tmp")));
    Path other = open(Files.createFile(state.resolve("other")));
    new StateDir(state).remember("uuid", 7);
    new StateDir(state).remember("uuid", 8);
    assertThat(permissions(state)).isEqualTo("rwxr-xr-x");
    assertThat(permissions(other)).isEqualTo("rwxr-xr-x");
    assertThat(permissions(state.resolve("cluster.json"))).isEqualTo("rw-------");
  }

  @Test
  @DisplayName("keeps a private audit")
  void audit() throws IOException {
    AuditLog.begin(directory, "me");
    LoggerFactory.getLogger(Audit.LOGGER).atInfo().addKeyValue("a", "b").log();
    Path file = directory.resolve(AuditLog.FILE);
    assertThat(Files.readString(file)).contains("\"a\":\"b\"");
    assertThat(permissions(file)).isEqualTo("rw-------");
    AuditLog.end();
  }

  @Test
  @DisplayName("need not exist where it is only read, and is not created")
  void read(@TempDir Path directory) {
    Path none = directory.resolve("none");
    assertThat(StateDir.toRead(none).cluster()).isNull();
    assertThat(none).doesNotExist();
  }
}
