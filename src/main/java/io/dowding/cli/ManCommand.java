package io.dowding.cli;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** {@code man}: the manual page, made of what each command says about itself. */
@Command(
    name = "man",
    description = {
      "Prints the manual page.",
      "To install it: dowding man > /usr/local/share/man/man1/dowding.1"
    },
    footer = {"Example:", "  dowding man"},
    mixinStandardHelpOptions = true)
final class ManCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    page(spec.root()).lines().forEach(Output.of(spec)::line);
    return 0;
  }

  /** In the format of man(7). */
  static String page(CommandSpec root) {
    StringBuilder page = new StringBuilder(".TH DOWDING 1\n.SH NAME\n");
    page.append("dowding \\- ").append(text(root)).append('\n');
    page.append(".SH SYNOPSIS\n.B dowding\n.I COMMAND\n[OPTIONS] [ARGUMENTS]\n.SH COMMANDS\n");
    root.subcommands().values().stream()
        .distinct()
        .forEach(command -> command(command, "dowding", page));
    page.append(
        """
        .SH EXIT STATUS
        0 done, or yes; 1 failed, or no; 2 a plan has changes; 3 still waiting after
        .BR \\-\\-timeout ;
        64 wrong usage.
        .SH ENVIRONMENT
        .TP
        .B NO_COLOR
        No colours, if it is not empty.
        .TP
        .B DOWDING_*
        Overrides a setting: DOWDING_ETCD_ENDPOINTS.
        .SH FILES
        .TP
        .I /etc/dowding/dowding.yaml
        The configuration, unless
        .B \\-\\-config
        names another.
        """);
    return page.toString();
  }

  private static void command(CommandLine command, String before, StringBuilder page) {
    CommandSpec spec = command.getCommandSpec();
    String name = before + " " + spec.name();
    List<CommandLine> below = command.getSubcommands().values().stream().distinct().toList();
    if (!below.isEmpty()) {
      below.forEach(one -> command(one, name, page));
      return;
    }
    page.append(".SS ").append(escaped(name));
    spec.positionalParameters().stream()
        .filter(arg -> !arg.hidden())
        .forEach(arg -> page.append(' ').append(escaped(arg.paramLabel())));
    page.append('\n').append(text(spec)).append('\n');
    spec.args().stream()
        .filter(arg -> !arg.hidden() && !isShared(arg))
        .forEach(
            arg ->
                page.append(".TP\n.B ")
                    .append(escaped(label(arg)))
                    .append('\n')
                    .append(line(arg.description()))
                    .append('\n'));
    page.append(".PP\n.nf\n");
    Arrays.stream(spec.usageMessage().footer())
        .forEach(line -> page.append(escaped(line)).append('\n'));
    page.append(".fi\n");
  }

  /** Those that all commands have. */
  private static boolean isShared(ArgSpec arg) {
    return arg instanceof OptionSpec option
        && List.of("--help", "--version", "--config", "--json").contains(option.longestName());
  }

  private static String label(ArgSpec arg) {
    if (!(arg instanceof OptionSpec option)) {
      return arg.paramLabel();
    }
    String names = String.join(", ", option.names());
    return option.arity().max() == 0 ? names : names + " " + option.paramLabel();
  }

  private static String text(CommandSpec spec) {
    return line(spec.usageMessage().description());
  }

  private static String line(String... parts) {
    String line = escaped(String.join(" ", parts).replace("${DEFAULT-VALUE}", "5m"));
    return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }
}
