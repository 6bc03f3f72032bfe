package io.dowding.cli;

import io.dowding.Scheduler;
import io.dowding.compose.ComposeFile;
import io.dowding.compose.TextFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code import}: a Compose file's services, those that can be run. */
@Command(
    name = "import",
    description = "Adds or changes the services of a Compose file; says what cannot be run.",
    mixinStandardHelpOptions = true)
final class ImportCommand extends SchedulerCommand {

  @Parameters(paramLabel = "FILE", description = "A Compose file.")
  private Path file = Path.of("");

  @Option(names = "--only", paramLabel = "SERVICE", description = "Only these of its services.")
  private List<String> only = List.of();

  @Option(
      names = "--allow-outside",
      description = "Takes contents also from outside the Compose file's directory.")
  private boolean allowOutside;

  private static String word(Scheduler.Added added) {
    return added.name().toLowerCase(Locale.ROOT);
  }

  @Override
  int run(Scheduler scheduler) throws IOException {
    String written;
    try {
      written = TextFile.read(file);
    } catch (IOException unreadable) {
      throw new IOException(file + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
    ComposeInput input = ComposeInput.read(file, written, allowOutside);
    ComposeFile compose = input.file();
    List<String> lines = new java.util.ArrayList<>();
    input
        .contents()
        .forEach(content -> lines.add(file + ": the content of " + content + " goes to etcd"));
    Map<String, String> results = new TreeMap<>();
    compose
        .services()
        .forEach(
            (name, json) -> {
              if (only.isEmpty() || only.contains(name)) {
                compose
                    .contents()
                    .getOrDefault(name, new TreeMap<>())
                    .forEach(
                        (key, text) -> results.put(key, word(scheduler.addContent(key, text))));
                results.put(name, word(scheduler.addService(name, json)));
              }
            });
    results.forEach((name, result) -> lines.add(name + ": " + result));
    compose.problems().forEach(problem -> lines.add(file + ": " + problem));
    int said = say(lines, Map.of("services", results, "problems", compose.problems()));
    return compose.problems().isEmpty() ? said : 1;
  }
}
