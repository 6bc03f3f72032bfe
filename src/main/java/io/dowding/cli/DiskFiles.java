package io.dowding.cli;

import io.dowding.compose.TextFile;
import io.dowding.compose.project.ProjectFiles;
import io.dowding.model.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of a Compose project on this machine. Content in etcd can be read by others, so it must
 * come from the project's directory unless that is allowed.
 */
final class DiskFiles implements ProjectFiles {

  private static final int MOST_BYTES = 4 * 1024 * 1024;
  private static final int MOST_FILES = 1000;

  /** As in {@code --env-file /dev/null}. */
  private static final Path NOTHING = Path.of("/dev/null");

  private final boolean allowOutside;
  private final Set<Path> sent = new LinkedHashSet<>();

  /**
   * @param allowOutside whether files from outside the project's directory may be sent to etcd
   */
  DiskFiles(boolean allowOutside) {
    this.allowOutside = allowOutside;
  }

  /** The files whose content is sent to etcd. */
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
    return file.equals(STANDARD_INPUT) ? standardInput() : TextFile.read(file);
  }

  @Override
  public String variables(Path file) throws IOException {
    return file.equals(NOTHING) ? "" : new String(TextFile.bytes(file), StandardCharsets.UTF_8);
  }

  private static String standardInput() throws IOException {
    InputStream input = System.in;
    byte[] bytes = input.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new IOException("it is larger than the " + MOST_BYTES + " bytes allowed");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public Content content(Path file, Path directory) throws IOException {
    Content content = Content.of(TextFile.bytes(file));
    if (!allowOutside && !file.toRealPath().startsWith(directory.toRealPath())) {
      throw new IOException(
          "it is outside " + directory + "; --allow-outside sends its content to etcd");
    }
    sent.add(file);
    return content;
  }

  @Override
  public void sends(Path file) {
    if (!file.equals(NOTHING)) {
      sent.add(file);
    }
  }

  @Override
  public boolean isExecutable(Path file) {
    return Files.isExecutable(file);
  }

  @Override
  public List<Path> below(Path path) throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      return all.filter(file -> !Files.isDirectory(file)).limit(MOST_FILES).sorted().toList();
    } catch (UncheckedIOException unreadable) {
      throw unreadable.getCause();
    }
  }
}
