package io.dowding.model;

import java.nio.charset.StandardCharsets;

/** Contents that are text, in UTF-8. */
public final class TextContent {

  private TextContent() {}

  public static Content of(String text) {
    return Content.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
