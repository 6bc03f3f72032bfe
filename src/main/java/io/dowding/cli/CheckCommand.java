package io.dowding.cli;

import io.dowding.compose.ComposeFile;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
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

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Output out = Output.of(spec);
    int status = 0;
    for (Path file : files) {
      List<String> problems = problems(file);
      problems.forEach(problem -> out.line(file + ": " + problem));
      if (problems.isEmpty()) {
        out.line(file + ": ok");
      } else {
        status = 1;
      }
    }
    return status;
  }

  private static List<String> problems(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (ComposeFile.isOne(text)) {
      return ImportCommand.read(file, text).problems();
    }
    try {
      ServiceReader.read("check", 0, bytes);
      return List.of();
    } catch (InvalidServiceException invalid) {
      return invalid.problems();
    }
  }
}
