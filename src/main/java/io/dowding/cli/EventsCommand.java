package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code events}: shows the audit of this machine's agent. */
@Command(
    name = "events",
    description = "Shows every change that this machine's agent made to a container or a pin.",
    footer = {"Example:", "  dowding events --follow"},
    mixinStandardHelpOptions = true)
final class EventsCommand extends DowdingCommand {

  private static final Duration AGAIN = Duration.ofMillis(500);

  @Option(names = "--follow", description = "Keeps printing new changes.")
  private boolean follow;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path file = config().state().resolve(AuditLog.FILE);
    if (!Files.exists(file)) {
      throw new IllegalArgumentException(
          file + ": there is no such file; an agent creates it with its first change");
    }
    Output out = out();
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      while (true) {
        String line = reader.readLine();
        if (line != null) {
          if (json()) {
            out.json(line);
          } else {
            out.line(text(line));
          }
        } else if (follow) {
          Thread.sleep(AGAIN);
        } else {
          return 0;
        }
      }
    }
  }

  private static String text(String line) throws IOException {
    JsonNode event = JSON.readTree(line);
    return "%s %-10s %-22s %-16s %-12s %s%s"
        .formatted(
            event.path("time").asText(),
            event.path("action").asText(),
            event.path("job").asText(event.path("key").asText()),
            event.path("host").asText(),
            shortened(event.path("container").asText("-")),
            event.path("outcome").asText().equals("done")
                ? ""
                : event.path("outcome").asText() + ": " + event.path("error").asText() + "; ",
            event.path("reason").asText());
  }

  private static String shortened(String id) {
    return id.length() > 12 ? id.substring(0, 12) : id;
  }
}
