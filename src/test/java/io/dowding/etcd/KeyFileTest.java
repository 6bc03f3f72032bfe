package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A file with an encryption key")
class KeyFileTest {

  private static final String KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  @TempDir private Path directory;

  private Path file(String content, String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve("key"), content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  @ParameterizedTest
  @ValueSource(strings = {"r--------", "rw-------"})
  @DisplayName("is read if only its owner may read it")
  void read(String permissions) throws IOException {
    assertThat(KeyFile.read(file(KEY + "\n", permissions))).hasSize(32).startsWith(0, 1, 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"r--r-----", "rw----r--", "rw--w----"})
  @DisplayName("is refused if others may use it")
  void open(String permissions) throws IOException {
    Path file = file(KEY, permissions);
    assertThatThrownBy(() -> KeyFile.read(file))
        .hasMessage(file + ": is an encryption key that others may use; run: chmod 0400 " + file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "hunter2", "AAECAwQF", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ=="})
  @DisplayName("is refused if it is not 32 bytes in base64, without showing what it is")
  void malformed(String content) throws IOException {
    Path file = file(content, "r--------");
    assertThatThrownBy(() -> KeyFile.read(file))
        .hasMessageStartingWith(file + ": is not an encryption key")
        .hasMessageContaining("head -c 32 /dev/urandom | base64")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  @DisplayName("is named if it is not there")
  void absent() {
    Path file = directory.resolve("absent");
    assertThatThrownBy(() -> KeyFile.read(file))
        .hasMessageStartingWith(file + ": the encryption key cannot be read");
  }
}
