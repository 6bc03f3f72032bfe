package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Names;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = LogsCommand.Time.class,
      description = "Only changes since this age, such as 10m, or time, 2026-11-30T12:00:00Z.")
  private @Nullable Instant since;

  @Override
  int run(EtcdKeys keys) throws Exception {
    Set<JsonNode> shown = Set.of();
    do {
      List<JsonNode> events = events(keys);
      for (JsonNode event : events) {
        // Not by time: what an agent did may arrive after what another one did later.
        if (!shown.contains(event) && isMeant(event)) {
          if (json()) {
            sayNext(event);
          } else {
            out().line(text(event));
          }
        }
      }
      shown = new HashSet<>(events);
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
    return isRecent(event) && (id == null || job.equals(id) || Names.serviceOf(job).equals(id));
  }

  private boolean isRecent(JsonNode event) {
    try {
      return since == null || !Instant.parse(event.path("time").asText()).isBefore(since);
    } catch (DateTimeException unreadable) {
      return true;
    }
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
                : "failed: " + event.path("error").asText() + "; ",
            event.path("reason").asText());
  }

  private static String shortened(String id) {
    return id.length() > 12 ? id.substring(0, 12) : id;
  }
}
