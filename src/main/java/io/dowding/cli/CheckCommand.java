package io.dowding.cli;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import java.io.IOException;
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
    description = "Checks services (JSON, as put under services/): every problem at once.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files with one service each.")
  private List<Path> files = List.of();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    var out = spec.commandLine().getOut();
    int status = 0;
    for (Path file : files) {
      try {
        ServiceReader.read("check", 0, Files.readAllBytes(file));
        out.println(file + ": ok");
      } catch (InvalidServiceException invalid) {
        invalid.problems().forEach(problem -> out.println(file + ": " + problem));
        status = 1;
      }
    }
    return status;
  }
}
