package io.dowding.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/**
 * A command that ran in this process.
 *
 * @param output what it printed
 * @param talk what it said besides
 */
public record Ran(int status, String output, String talk) {

  /** {@code dowding} with these arguments. */
  public static Ran dowding(Path config, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    int end = all.indexOf("--");
    all.add(end < 0 ? all.size() : end, "--config=" + config);
    return dowding(all.toArray(String[]::new));
  }

  /** The same for commands without a configuration. */
  public static Ran dowding(String... arguments) {
    StringWriter output = new StringWriter();
    StringWriter talk = new StringWriter();
    CommandLine line = Main.line();
    redirect(line, new PrintWriter(output), new PrintWriter(talk));
    int status = line.execute(arguments);
    return new Ran(status, output.toString(), talk.toString());
  }

  private static void redirect(CommandLine line, PrintWriter output, PrintWriter talk) {
    line.setOut(output).setErr(talk);
    line.getSubcommands().values().forEach(below -> redirect(below, output, talk));
  }
}
