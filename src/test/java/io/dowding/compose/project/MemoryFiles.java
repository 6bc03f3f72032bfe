package io.dowding.compose.project;

import io.dowding.model.Content;
import io.dowding.model.TextContent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Files in memory. */
final class MemoryFiles implements ProjectFiles {

  private final SortedMap<Path, String> texts = new TreeMap<>();

  MemoryFiles with(String path, String text) {
    texts.put(Path.of(path), text);
    return this;
  }

  @Override
  public Kind kind(Path path) {
    if (texts.containsKey(path)) {
      return Kind.FILE;
    }
    return texts.keySet().stream().anyMatch(file -> file.startsWith(path))
        ? Kind.DIRECTORY
        : Kind.NONE;
  }

  @Override
  public String text(Path file) throws IOException {
    String text = texts.get(file);
    if (text == null) {
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
    return TextContent.of(text(file));
  }

  @Override
  public void sends(Path file) {}

  @Override
  public boolean isExecutable(Path file) {
    return file.toString().endsWith(".sh");
  }

  @Override
  public List<Path> below(Path directory) {
    return texts.keySet().stream().filter(file -> file.startsWith(directory)).toList();
  }
}
