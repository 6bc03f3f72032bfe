package io.dowding.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files that only their owner may read. */
final class PrivateFiles {

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");

  private PrivateFiles() {}

  /** Creates a directory, and its parents, that only the owner may enter. */
  static void makeDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
    }
  }

  /** Creates a file that only its owner may read, or removes the permissions of others. */
  static void make(Path file) throws IOException {
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(FILE));
    } catch (FileAlreadyExistsException there) {
      Files.setPosixFilePermissions(file, FILE);
    }
  }

  /**
   * Removes the permissions of others from a directory and from the files in it that begin with one
   * of these names. If it has other files too it is left as it is, with a warning, because others
   * may use it.
   */
  static void repair(Path directory, Set<String> names) {
    try {
      repairOwn(directory, names);
    } catch (IOException refused) {
      log.warn("stateDir {} may be read by others: {}", directory, refused.toString());
    }
  }

  private static void repairOwn(Path directory, Set<String> names) throws IOException {
    boolean itsOwn = true;
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (names.stream().noneMatch(name::startsWith)) {
          itsOwn = false;
        } else if (Files.isRegularFile(file)) {
          Files.setPosixFilePermissions(file, FILE);
        }
      }
    }
    if (itsOwn) {
      Files.setPosixFilePermissions(directory, DIRECTORY);
    } else if (isOpen(directory)) {
      log.warn(
          "stateDir {} can be read by others and holds other files: give dowding a directory of its"
              + " own",
          directory);
    }
  }

  /** Whether others may read it; false if it does not exist. */
  static boolean isOpen(Path file) {
    try {
      return Files.getPosixFilePermissions(file).stream().anyMatch(may -> !DIRECTORY.contains(may));
    } catch (IOException notThere) {
      return false;
    }
  }
}
