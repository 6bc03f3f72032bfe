package io.dowding.compose.yaml;

/**
 * A place in a file.
 *
 * @param line from 1
 * @param column from 1
 */
public record Position(Source source, int line, int column) {

  @Override
  public String toString() {
    return source.name() + ":" + line + ":" + column;
  }
}
