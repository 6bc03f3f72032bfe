package io.dowding.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** The little that must not live in etcd: which cluster this machine works for. */
final class StateDir {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  /**
   * @throws IllegalArgumentException if the directory cannot be made or written
   */
  StateDir(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException refused) {
      throw new IllegalArgumentException(
          "stateDir: " + directory + " cannot be made: " + refused.getMessage(), refused);
    }
    this.file = directory.resolve("cluster.json");
  }

  @Nullable String cluster() {
    try {
      String uuid =
          Files.exists(file) ? JSON.readTree(Files.readString(file)).path("uuid").asText("") : "";
      return uuid.isEmpty() ? null : uuid;
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          file + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  void remember(String cluster) {
    try {
      Path draft = file.resolveSibling("cluster.json.new");
      Files.writeString(draft, "{\"uuid\":\"" + cluster + "\"}\n");
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException refused) {
      throw new IllegalArgumentException(
          file + " cannot be written: " + refused.getMessage(), refused);
    }
  }
}
