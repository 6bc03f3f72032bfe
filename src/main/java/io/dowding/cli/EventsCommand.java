package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code events}: what the agents of all machines did last. */
@Command(
    name = "events",
    description = {
      "Shows the last changes that agents made to containers and pins, each with its reason.",
      "All of them are in audit.log in the state directory of the agent's machine."
    },
    footer = {"Example:", "  dowding events web --follow"},
    mixinStandardHelpOptions = true)
final class EventsCommand extends KeysCommand {

  private static final Duration AGAIN = Duration.ofSeconds(1);

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "SERVICE|JOB",
      completionCandidates = Completion.Jobs.class,
      description = "Only about this service or job.")
  private @Nullable String id;

  @Option(
      names = {"-f", "--follow"},
      description = "Keeps printing new changes.")
  private boolean follow;

  @Override
  int run(EtcdKeys keys) throws Exception {
    String last = "";
    do {
      List<JsonNode> events = events(keys);
      for (JsonNode event : events) {
        String time = event.path("time").asText();
        if (time.compareTo(last) > 0 && isMeant(event)) {
          if (json()) {
            out().json(event.toString());
          } else {
            out().line(text(event));
          }
        }
      }
      if (!events.isEmpty()) {
        last = events.getLast().path("time").asText();
      }
      if (follow) {
        Thread.sleep(AGAIN);
      }
    } while (follow);
    return 0;
  }

  /** Of all machines, by time. */
  private static List<JsonNode> events(EtcdKeys keys) {
    List<JsonNode> events = new ArrayList<>();
    for (String lines : keys.all(Key.WORK).values()) {
      lines
          .lines()
          .forEach(
              line -> {
                try {
                  events.add(read(line));
                } catch (JsonProcessingException notJson) {
                  // Somebody else's; it is no event.
                }
              });
    }
    events.sort(Comparator.comparing(event -> event.path("time").asText()));
    return events;
  }

  private boolean isMeant(JsonNode event) {
    String job = job(event);
    return id == null || job.equals(id) || Names.serviceOf(job).equals(id);
  }

  private static String job(JsonNode event) {
    return event.path("job").asText(event.path("key").asText().replaceFirst("^pins/", ""));
  }

  private static String text(JsonNode event) {
    return "%-5s %-8s %-20s %-10s %-12s %s%s"
        .formatted(
            Ages.of(event.path("time").asText(), Instant.now()),
            event.path("action").asText(),
            job(event),
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
