package io.dowding.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Where {@code agent --dev} keeps everything. One process at a time works there. */
final class DevDirectory {

  private final Path path;

  DevDirectory(Path path) {
    this.path = path;
  }

  /** That of the user. */
  static DevDirectory ofUser() {
    String state = System.getenv("XDG_STATE_HOME");
    Path parent =
        state == null || state.isEmpty()
            ? Path.of(Objects.requireNonNull(System.getProperty("user.home")), ".local", "state")
            : Path.of(state);
    return new DevDirectory(parent.resolve("dowding-dev"));
  }

  Path path() {
    return path;
  }

  Path configuration() {
    return path.resolve("dowding.yaml");
  }

  private Path lockFile() {
    return path.resolve("lock");
  }

  /**
   * Claims the directory until the result is closed, or nothing refers to it any more.
   *
   * @throws IllegalStateException if another process works there
   */
  FileChannel claim() throws IOException {
    Files.createDirectories(path);
    FileChannel channel =
        FileChannel.open(lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (lock(channel) == null) {
      channel.close();
      throw new IllegalStateException(
          "agent --dev is already running, in "
              + path
              + "; use it, as with bin/dowding status, or stop it first");
    }
    return channel;
  }

  /** Whether a process works there. */
  boolean isInUse() {
    if (!Files.exists(lockFile())) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(lockFile(), StandardOpenOption.WRITE)) {
      return lock(channel) == null;
    } catch (IOException notMine) {
      return false;
    }
  }

  /** Null if it is locked. */
  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException here) {
      return null;
    }
  }
}
