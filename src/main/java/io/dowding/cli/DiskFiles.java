package io.dowding.cli;

import io.dowding.compose.project.ProjectFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a Compose project on this machine. What goes to etcd can be read there by others, so
 * it must be in the project's directory, unless that is allowed.
 */
final class DiskFiles implements ProjectFiles {

  private static final long MOST_BYTES = 4L * 1024 * 1024;
  private static final int MOST_FILES = 1000;

  private final Path directory;
  private final boolean allowOutside;
  private final List<Path> sent = new ArrayList<>();

  /**
   * @param directory the project's
   * @param allowOutside whether files from elsewhere may go to etcd
   */
  DiskFiles(Path directory, boolean allowOutside) {
    this.directory = directory;
    this.allowOutside = allowOutside;
  }

  /** The files whose content goes to etcd. */
  List<Path> sent() {
    return List.copyOf(sent);
  }

  @Override
  public Kind kind(Path path) {
    if (Files.isDirectory(path)) {
      return Kind.DIRECTORY;
    }
    return Files.isRegularFile(path) ? Kind.FILE : Kind.NONE;
  }

  @Override
  public String text(Path file) throws IOException {
    return file.equals(STANDARD_INPUT) ? standardInput() : read(file);
  }

  private static String standardInput() throws IOException {
    InputStream input = System.in;
    byte[] bytes = input.readNBytes((int) MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new IOException("it has more than the " + MOST_BYTES + " bytes allowed");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * What a file holds.
   *
   * @throws IOException if it is none: a directory, a device or a pipe may have no end
   */
  static String read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException("there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is not a regular file");
    }
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException("it has more than the " + MOST_BYTES + " bytes allowed");
    }
    try {
      return Files.readString(file);
    } catch (java.nio.charset.CharacterCodingException binary) {
      throw new IOException("it is not text in UTF-8", binary);
    }
  }

  @Override
  public String content(Path file) throws IOException {
    String text = read(file);
    if (!allowOutside && !file.toRealPath().startsWith(directory.toRealPath())) {
      throw new IOException(
          "it is outside " + directory + "; --allow-outside sends its content to etcd");
    }
    sent.add(file);
    return text;
  }

  @Override
  public List<Path> below(Path path) throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      return all.filter(file -> !Files.isDirectory(file)).limit(MOST_FILES).sorted().toList();
    }
  }
}
