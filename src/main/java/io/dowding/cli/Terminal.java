package io.dowding.cli;

import java.io.Console;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the output goes to.
 *
 * @param live whether it is a terminal, so that lines can be replaced
 * @param colours whether it shows them, and the user wants them
 * @param width of a line; 0 for unlimited
 */
record Terminal(boolean live, boolean colours, int width) {

  static final Terminal NONE = new Terminal(false, false, 0);

  private static final int USUAL = 80;

  /** Of this process. */
  @SuppressWarnings("SystemConsoleNull") // It is null where neither is a terminal.
  static Terminal find() {
    Console console = System.console();
    return of(console != null && console.isTerminal(), System.getenv());
  }

  static Terminal of(boolean isTerminal, Map<String, String> environment) {
    if (!isTerminal) {
      return NONE;
    }
    boolean dumb = "dumb".equals(environment.get("TERM"));
    boolean plain = dumb || !environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(!dumb, !plain, width(environment.get("COLUMNS")));
  }

  private static int width(@Nullable String columns) {
    return columns != null && columns.matches("[1-9][0-9]{1,3}")
        ? Integer.parseInt(columns)
        : USUAL;
  }
}
