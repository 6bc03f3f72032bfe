package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * State that must not be in etcd alone: which cluster this machine works for, and the highest age
 * it has seen of it.
 */
final class StateDir {

  private static final String FILE = "cluster.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  /**
   * @throws IllegalArgumentException if the directory cannot be created or written
   */
  StateDir(Path directory) {
    try {
      PrivateFiles.makeDirectory(directory);
      PrivateFiles.repair(directory, Set.of(FILE, "audit."));
    } catch (IOException refused) {
      throw new IllegalArgumentException(
          "stateDir: " + directory + " cannot be created: " + refused.getMessage(), refused);
    }
    this.file = directory.resolve(FILE);
  }

  private StateDir(Path directory, String name) {
    this.file = directory.resolve(name);
  }

  /** One that is only read, and need not exist. */
  static StateDir toRead(Path directory) {
    return new StateDir(directory, FILE);
  }

  @Nullable String cluster() {
    String uuid = read().path("uuid").asText("");
    return uuid.isEmpty() ? null : uuid;
  }

  /** The highest age of the cluster seen so far; 0 if none. */
  long age() {
    return read().path("age").asLong();
  }

  private JsonNode read() {
    try {
      return Files.exists(file) ? JSON.readTree(Files.readString(file)) : MissingNode.getInstance();
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          file + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  synchronized void remember(String cluster, long age) {
    try {
      Path draft = file.resolveSibling(FILE + ".new");
      PrivateFiles.make(draft);
      Files.writeString(draft, JSON.createObjectNode().put("uuid", cluster).put("age", age) + "\n");
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException refused) {
      throw new IllegalArgumentException(
          file + " cannot be written: " + refused.getMessage(), refused);
    }
  }
}
