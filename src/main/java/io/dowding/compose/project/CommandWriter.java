package io.dowding.compose.project;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.compose.CommandLine;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Yaml.Items;
import io.dowding.compose.yaml.Yaml.Mapping;
import io.dowding.compose.yaml.Yaml.Scalar;
import io.dowding.model.Printable;
import java.util.List;

/**
 * Ends a command that is one text where Compose ends it: there is no shell, so Compose drops an
 * operator of a shell and everything behind it.
 */
final class CommandWriter {

  private static final int SHOWN = 60;

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
    if (holder.get(field) instanceof Scalar scalar && scalar.value() instanceof String text) {
      CommandLine command = CommandLine.of(text);
      if (command.wrong() != null) {
        throw new FileProblem(scalar.at(), path + " " + command.wrong());
      }
      if (!command.rest().isEmpty()) {
        ArrayNode words = json.putArray(field);
        command.words().forEach(words::add);
        context
            .notes()
            .add(
                scalar.at()
                    + ": "
                    + path
                    + " ends before \""
                    + Printable.of(command.rest(), SHOWN)
                    + "\", as in Compose; "
                    + CommandLine.SHELL);
      }
    }
  }
}
