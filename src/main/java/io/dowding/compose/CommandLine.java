package io.dowding.compose;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command that is one text, split into words as Compose splits it: with quotes and backslashes,
 * but without a shell. Backquotes, and parentheses after a dollar, keep what is between them
 * together; an operator of a shell ends the command.
 *
 * @param words those before the end; empty if something is wrong
 * @param rest the first operator and everything behind it; empty if there is none
 * @param wrong why the text is not a command, such as "has an unclosed quote"; null if it is one
 */
public record CommandLine(List<String> words, String rest, @Nullable String wrong) {

  /** What to do instead. */
  public static final String SHELL = "write [sh, -c, \"...\"] to use a shell";

  public static CommandLine of(String text) {
    Scanner scanner = new Scanner();
    int at = 0;
    int begin = 0;
    while (at < text.length() && scanner.wrong == null && !scanner.isEnd(text.charAt(at))) {
      char c = text.charAt(at++);
      boolean escapes = c == '\\' && scanner.quote != '\'';
      if (escapes && at < text.length()) {
        scanner.append(text.charAt(at++));
      } else if (escapes) {
        scanner.wrong = "ends with a backslash; remove it";
      } else {
        scanner.next(c);
      }
      begin = scanner.inWord || scanner.quote != 0 ? begin : at;
    }
    // The number of a redirected file is part of the operator.
    boolean isNumbered = text.startsWith(">", at) && scanner.beginsWithDigit();
    if (!isNumbered) {
      scanner.endWord();
    }
    String wrong = scanner.wrong == null ? scanner.unclosed() : scanner.wrong;
    return wrong == null
        ? new CommandLine(List.copyOf(scanner.words), text.substring(isNumbered ? begin : at), null)
        : new CommandLine(List.of(), "", wrong);
  }

  private static final class Scanner {

    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;

    /** The open quote, or 0. */
    private char quote;

    /** What closes the backquote or parenthesis that is open, or 0. */
    private char group;

    private @Nullable String wrong;

    boolean isEnd(char c) {
      return quote == 0 && group == 0 && ";&|<>".indexOf(c) >= 0;
    }

    void next(char c) {
      switch (c) {
        case ' ', '\t', '\r', '\n' -> space(c);
        case '\'', '"' -> quote(c);
        case '`', '(', ')' -> {
          if (quote == 0 && (group == 0 || (group == '`') == (c == '`'))) {
            group(c);
          }
          append(c);
        }
        default -> append(c);
      }
    }

    private void space(char c) {
      if (quote == 0 && group == 0) {
        endWord();
      } else {
        append(c);
      }
    }

    private void quote(char c) {
      if (group == ')' || (quote != 0 && quote != c)) {
        append(c);
      } else {
        inWord |= quote == c;
        quote = quote == c ? 0 : c;
      }
    }

    private void group(char c) {
      boolean begins = c == '`' || (c == '(' && endsWith('$'));
      if (group == c) {
        group = 0;
      } else if (group == 0 && begins) {
        group = c == '(' ? ')' : c;
      } else {
        wrong = "has a parenthesis outside quotes, but there is no shell; " + SHELL;
      }
    }

    void append(char c) {
      word.append(c);
      inWord = true;
    }

    void endWord() {
      if (inWord) {
        words.add(word.toString());
      }
      word.setLength(0);
      inWord = false;
    }

    private boolean endsWith(char c) {
      return !word.isEmpty() && word.charAt(word.length() - 1) == c;
    }

    boolean beginsWithDigit() {
      return !word.isEmpty() && word.charAt(0) >= '0' && word.charAt(0) <= '9';
    }

    @Nullable String unclosed() {
      return quote == 0 && group == 0
          ? null
          : "has an unclosed " + (group == ')' ? "parenthesis" : "quote");
    }
  }
}
