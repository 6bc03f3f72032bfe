package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

@DisplayName("The help of every command")
class UsageTest {

  /** Those that print no result of their own. */
  private static final Set<String> WITHOUT_JSON =
      Set.of(
          "dowding",
          "dowding service",
          "dowding secret",
          "dowding tls",
          "dowding init",
          "dowding agent",
          "dowding completion",
          "dowding man");

  private static Stream<CommandSpec> commands() {
    List<CommandSpec> all = new ArrayList<>();
    collect(Main.line(), all);
    return all.stream();
  }

  private static void collect(CommandLine command, List<CommandSpec> all) {
    all.add(command.getCommandSpec());
    command.getSubcommands().values().stream().distinct().forEach(below -> collect(below, all));
  }

  @ParameterizedTest
  @MethodSource("commands")
  @DisplayName("describes it and each of its arguments")
  void described(CommandSpec command) {
    assertThat(command.usageMessage().description()).isNotEmpty();
    assertThat(command.args())
        .allSatisfy(arg -> assertThat(String.join("", arg.description())).isNotBlank());
  }

  @ParameterizedTest
  @MethodSource("commands")
  @DisplayName("fits into 80 columns")
  void fits(CommandSpec command) {
    assertThat(command.commandLine().getUsageMessage().lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }

  @ParameterizedTest
  @MethodSource("commands")
  @DisplayName("shows an example that can be parsed")
  void example(CommandSpec command) {
    if (command.parent() == null) {
      return;
    }
    List<String> footer = Arrays.asList(command.usageMessage().footer());
    assertThat(footer).hasSizeGreaterThan(1).startsWith("Example:");
    for (String example : footer.subList(1, footer.size())) {
      assertThat(example).contains("dowding ");
      String[] words = example.strip().replaceAll(".*dowding |[()]", "").split(" ");
      assertThat(Main.line().parseArgs(words).errors()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  @DisplayName("offers JSON")
  void json(CommandSpec command) {
    assertThat(command.findOption("--json") != null)
        .isEqualTo(!WITHOUT_JSON.contains(command.qualifiedName()));
  }

  @Test
  @DisplayName("is loaded alone if the arguments name it; otherwise all are")
  void alone() {
    Set<String> all = Main.line().getSubcommands().keySet();
    for (String name : Set.of("status", "st", "up", "import", "pin-to", "service")) {
      Set<String> loaded = Main.line(new String[] {name, "--help"}).getSubcommands().keySet();
      assertThat(loaded).contains(name).hasSizeLessThan(3);
    }
    for (String name : Set.of("--help", "stauts", "completion", "man")) {
      assertThat(Main.line(new String[] {name}).getSubcommands().keySet()).isEqualTo(all);
    }
  }

  @Test
  @DisplayName("wrong usage has an exit status of its own, 64")
  void wrongUsage() {
    java.io.StringWriter said = new java.io.StringWriter();
    CommandLine line = Main.line();
    line.setErr(new java.io.PrintWriter(said));
    line.getSubcommands().values().forEach(below -> below.setErr(new java.io.PrintWriter(said)));
    assertThat(line.execute("scale")).isEqualTo(64);
    assertThat(line.execute("status", "--nope")).isEqualTo(64);
    assertThat(line.execute("wait", "web", "--timeout=x")).isEqualTo(64);
    assertThat(said.toString()).contains("SERVICE=N").contains("--nope").contains("not a time");
  }

  @ParameterizedTest
  @CsvSource({
    "lgos, logs, dowding",
    "stauts, status, dowding",
    "hots, hosts, dowding",
    "service lits, list, dowding service"
  })
  @DisplayName("an unknown command is answered with the one that was probably meant")
  void unknown(String given, String meant, String above) {
    Ran ran = Ran.dowding(given.split(" ", -1));
    assertThat(ran.status()).isEqualTo(64);
    assertThat(ran.talk())
        .endsWith("; did you mean " + meant + "?\nnext: " + above + " --help\n")
        .startsWith("dowding: there is no command ")
        .hasLineCount(2);
  }

  @Test
  @DisplayName("an unknown command that is like no other is answered with some of all")
  void strange() {
    assertThat(Ran.dowding("xyzzyplugh").talk())
        .contains("; known: ", " more\nnext: dowding --help");
  }

  @Test
  @DisplayName("the shell completes commands and options")
  void completes() {
    CommandSpec root = Main.line().getCommandSpec();
    assertThat(CompletionCommand.candidates(root, List.of("rol"))).containsExactly("rollback");
    assertThat(CompletionCommand.candidates(root, List.of("service", "sh"))).contains("show");
    assertThat(CompletionCommand.candidates(root, List.of("wait", "--tim")))
        .containsExactly("--timeout");
  }

  @Test
  @DisplayName("is in the manual page, too, which man can format")
  void manual() {
    String page = ManCommand.page(Main.line().getCommandSpec());
    assertThat(page).startsWith(".TH DOWDING 1").contains(".SS dowding service add ID FILE");
    assertThat(page.lines())
        .allMatch(
            line -> !line.startsWith(".") || line.matches("\\.(TH|SH|SS|TP|BR?|I|PP|nf|fi)( .*)?"));
  }
}
