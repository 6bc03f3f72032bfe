package io.dowding.fuzz;

import io.dowding.compose.project.ProjectFiles;
import io.dowding.model.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A file system in which every path leads to the same file. */
record OneFile(String text) implements ProjectFiles {

  @Override
  public Kind kind(Path path) {
    return Kind.NONE;
  }

  @Override
  public String text(Path file) throws IOException {
    if (!file.endsWith("compose.yaml")) {
      throw new IOException("there is no such file");
    }
    return text;
  }

  @Override
  public String variables(Path file) throws IOException {
    return text(file);
  }

  @Override
  public Content content(Path file, Path directory) throws IOException {
    throw new IOException("there is no such file");
  }

  @Override
  public void sends(Path file) {}

  @Override
  public boolean isExecutable(Path file) {
    return false;
  }

  @Override
  public List<Path> below(Path directory) {
    return List.of();
  }
}
