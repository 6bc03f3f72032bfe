package io.dowding.compose.project;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import java.nio.charset.StandardCharsets;

/** The meaning of a definition, independent of its form. */
final class Meaning {

  private Meaning() {}

  static String of(String name, String definition) {
    try {
      return ServiceReader.read(name, 0, definition.getBytes(StandardCharsets.UTF_8)).toString();
    } catch (InvalidServiceException invalid) {
      throw new AssertionError(invalid);
    }
  }
}
