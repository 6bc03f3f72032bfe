package io.dowding.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: a script for bash and zsh that asks this command for words. */
@Command(
    name = "completion",
    description = {
      "Prints a script with which bash or zsh completes commands, options, and the names of"
          + " services, jobs, hosts, secrets and holds.",
      "Put this line into ~/.bashrc, or after \"autoload bashcompinit && bashcompinit\" into"
          + " ~/.zshrc: source <(dowding completion)"
    },
    footer = {"Example:", "  source <(dowding completion)"},
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {

  private static final String SCRIPT =
      """
      _dowding() {
        COMPREPLY=()
        while IFS= read -r word; do
          COMPREPLY+=("$word")
        done < <("${COMP_WORDS[0]}" completion --words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
      }
      complete -o default -F _dowding dowding bin/dowding""";

  @Option(names = "--words", hidden = true, description = "Prints what the last word may be.")
  private boolean words;

  @Parameters(arity = "0..*", hidden = true, description = "The words so far.")
  private List<String> typed = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Output out = Output.of(spec);
    if (words) {
      out.lines(candidates(spec.root(), typed, config(typed)));
    } else {
      SCRIPT.lines().forEach(out::line);
    }
    return 0;
  }

  /** The configuration file that these words name, or null. */
  static @Nullable Path config(List<String> typed) {
    for (int n = 0; n < typed.size() - 1; n++) {
      String word = typed.get(n);
      if (word.startsWith("--config=")) {
        return Path.of(word.substring("--config=".length()));
      }
      if (word.equals("--config")) {
        // bash takes an equals sign for a word.
        boolean apart = typed.get(n + 1).equals("=") && n + 2 < typed.size();
        return Path.of(typed.get(apart ? n + 2 : n + 1));
      }
    }
    return null;
  }

  private static List<String> candidates(
      CommandSpec root, List<String> typed, @Nullable Path config) {
    return config == null
        ? candidates(root, typed)
        : ScopedValue.where(Completion.CONFIG, config).call(() -> candidates(root, typed));
  }

  /** What the last of these words, which may be empty, can be. */
  static List<String> candidates(CommandSpec root, List<String> typed) {
    String last = typed.isEmpty() ? "" : typed.getLast();
    List<CharSequence> found = new ArrayList<>();
    int index = Math.max(0, typed.size() - 1);
    AutoComplete.complete(
        root, typed.toArray(String[]::new), index, last.length(), last.length(), found);
    return found.stream()
        .map(rest -> last + rest)
        .filter(word -> !word.isBlank())
        .distinct()
        .sorted()
        .toList();
  }
}
