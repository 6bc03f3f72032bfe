package io.dowding.cli;

import io.dowding.compose.ComposeFile;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.compose.TextFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code check}: can these services be run, and if not, what is wrong with them. */
@Command(
    name = "check",
    description =
        "Checks services (JSON, as put under services/) and Compose files: every problem at once.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Files with one service each, or Compose files.")
  private List<Path> files = List.of();

  @Option(
      names = "--allow-outside",
      description = "Takes contents also from outside the Compose file's directory.")
  private boolean allowOutside;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Output out = Output.of(spec);
    int status = 0;
    for (Path file : files) {
      List<String> problems = problems(file, out);
      problems.forEach(problem -> out.line(file + ": " + problem));
      if (problems.isEmpty()) {
        out.line(file + ": ok");
      } else {
        status = 1;
      }
    }
    return status;
  }

  /** A file that cannot be read is its own problem: the others are checked all the same. */
  private List<String> problems(Path file, Output out) {
    try {
      String text = TextFile.read(file);
      if (ComposeFile.isOne(text)) {
        ComposeInput input = ComposeInput.read(file, text, allowOutside);
        input
            .contents()
            .forEach(content -> out.line(file + ": the content of " + content + " goes to etcd"));
        return input.file().problems();
      }
      ServiceReader.read("check", 0, text.getBytes(StandardCharsets.UTF_8));
      return List.of();
    } catch (InvalidServiceException invalid) {
      return invalid.problems();
    } catch (IOException | UncheckedIOException unreadable) {
      return List.of("cannot be read: " + unreadable.getMessage());
    }
  }
}
