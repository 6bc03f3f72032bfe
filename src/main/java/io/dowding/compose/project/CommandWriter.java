package io.dowding.compose.project;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Position;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import java.util.List;

/**
 * Ends a command that is one text where Compose ends it: there is no shell, so Compose drops an
 * operator of a shell and everything behind it.
 */
final class CommandWriter {

  private final ProjectContext context;

  CommandWriter(ProjectContext context) {
    this.context = context;
  }

  void write(String composeName, Mapping service, ObjectNode json) {
    String path = "services." + composeName + ".";
    for (String field : List.of("command", "entrypoint")) {
      write(path + field, service, field, json);
    }
    for (String field : List.of("pre_start", "post_start", "pre_stop")) {
      if (service.get(field) instanceof Items hooks) {
        for (int i = 0; i < hooks.items().size(); i++) {
          if (hooks.items().get(i) instanceof Mapping hook
              && json.path(field).get(i) instanceof ObjectNode written) {
            write(path + field + "[" + i + "].command", hook, "command", written);
          }
        }
      }
    }
  }

  private void write(String path, Mapping holder, String field, ObjectNode json) {
    if (holder.get(field) instanceof Scalar command && command.value() instanceof String text) {
      int end = end(text, command.at());
      if (end < text.length()) {
        json.put(field, text.substring(0, end));
        context
            .notes()
            .add(
                command.at()
                    + ": "
                    + path
                    + " ends before \""
                    + text.substring(end)
                    + "\", as in Compose; write [sh, -c, \"...\"] to run it in a shell");
      }
    }
  }

  /**
   * The position of the first operator outside quotes, or the text's length.
   *
   * @throws FileProblem for a parenthesis outside quotes
   */
  private static int end(String text, Position at) {
    char quote = 0;
    int word = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quote != '\'') {
        i++;
      } else if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if ("'\"`".indexOf(c) >= 0) {
        quote = c;
      } else if (c == '(' && i > 0 && text.charAt(i - 1) == '$') {
        quote = ')';
      } else if (c == '(' || c == ')') {
        throw new FileProblem(at, "has a parenthesis outside quotes, but there is no shell");
      } else if (";&|<>".indexOf(c) >= 0) {
        // The number of a redirected file is part of the operator.
        return c == '>' && Character.isDigit(text.charAt(word)) ? word : i;
      } else if (Character.isWhitespace(c)) {
        word = i + 1;
      }
    }
    return text.length();
  }
}
