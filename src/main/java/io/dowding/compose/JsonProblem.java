package io.dowding.compose;

import com.fasterxml.jackson.core.JsonProcessingException;

/** Says what is wrong with a text that should be JSON. */
public final class JsonProblem {

  private JsonProblem() {}

  /** The parser's message, without what only its callers understand. Not printable. */
  public static String of(JsonProcessingException bad) {
    String message = String.valueOf(bad.getOriginalMessage());
    return message.startsWith("Trailing token")
        ? "more follows after its end"
        : message
            .replaceFirst(", from `[^`]*`\\)$", ")")
            .replaceFirst(": enable `[^`]*` to allow$", "");
  }
}
