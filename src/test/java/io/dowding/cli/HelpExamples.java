package io.dowding.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/** The examples in {@code --help}. */
public final class HelpExamples {

  private HelpExamples() {}

  /** Of all commands, as they are written. */
  public static List<String> all() {
    List<String> all = new ArrayList<>();
    collect(Main.line(), all);
    return all;
  }

  private static void collect(CommandLine command, List<String> all) {
    Arrays.stream(command.getCommandSpec().usageMessage().footer())
        .filter(line -> line.contains("dowding "))
        .map(String::strip)
        .forEach(all::add);
    command.getSubcommands().values().stream().distinct().forEach(below -> collect(below, all));
  }
}
