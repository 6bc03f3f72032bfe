package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.Scheduler;
import io.dowding.ServiceInfo;
import io.dowding.compose.TextFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code service}: like writing the keys, but checks definitions first. */
@Command(
    name = "service",
    description = "Adds, removes, lists and shows services.",
    footer = {"Example:", "  dowding service list"},
    mixinStandardHelpOptions = true,
    subcommands = {
      ServiceCommand.Add.class,
      ServiceCommand.Remove.class,
      ServiceCommand.ListAll.class,
      ServiceCommand.Show.class
    })
final class ServiceCommand {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static String line(ServiceInfo service) {
    return "%-24s %-10s %d/%d  %s"
        .formatted(
            service.id(), service.state(), service.running(), service.desired(), service.message())
        .strip();
  }

  /** With the definition as JSON, unless it is not JSON. */
  private static JsonNode tree(ServiceInfo service) {
    ObjectNode tree = JSON.valueToTree(service);
    try {
      tree.set("definition", JSON.readTree(service.definition()));
    } catch (JsonProcessingException notJson) {
      // Stays a text.
    }
    return tree;
  }

  @Command(
      name = "add",
      description = "Adds or changes a service.",
      footer = {"Example:", "  dowding service add web web.json --wait"},
      mixinStandardHelpOptions = true)
  static final class Add extends ChangeCommand {
    @Parameters(index = "0", paramLabel = "ID", description = "The name of the service.")
    private String id = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "File with the service in JSON.")
    private Path file = Path.of("");

    @Override
    int run() throws Exception {
      String json = TextFile.read(file);
      Admission.check(config(), keys(), id, json);
      String what = word(scheduler().addService(id, json));
      say(id + ": " + what, Map.of("id", id, "result", what));
      return finish(List.of(id));
    }
  }

  @Command(
      name = "remove",
      description = "Removes a service. Its volumes and pins stay.",
      footer = {"Example:", "  dowding service remove web --wait"},
      mixinStandardHelpOptions = true)
  static final class Remove extends ChangeCommand {
    @Parameters(
        index = "0",
        paramLabel = "ID",
        completionCandidates = Completion.Services.class,
        description = "The name of the service.")
    private String id = "";

    @Override
    int run() throws Exception {
      boolean was = scheduler().removeService(id);
      say(id + (was ? " is removed" : " did not exist"), Map.of("id", id, "was", was));
      return was ? finish(List.of(id)) : NO;
    }
  }

  @Command(
      name = "list",
      description = "Lists all services, desired and actual.",
      footer = {"Example:", "  dowding service list --json"},
      mixinStandardHelpOptions = true)
  static final class ListAll extends SchedulerCommand {
    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      List<ServiceInfo> all = scheduler.listServices();
      Table table = new Table("NAME", "STATE", "JOBS", "DETAILS");
      for (ServiceInfo service : all) {
        table.row(
            service.id(),
            Cell.state(service.state()),
            service.running() + "/" + service.desired(),
            service.message());
      }
      return say(table, all.stream().map(ServiceCommand::tree).toList());
    }
  }

  @Command(
      name = "show",
      description = "Shows one service and its jobs; exit status 1 if there is none.",
      footer = {"Example:", "  dowding service show web"},
      mixinStandardHelpOptions = true)
  static final class Show extends SchedulerCommand {
    @Parameters(
        index = "0",
        paramLabel = "ID",
        completionCandidates = Completion.Services.class,
        description = "The name of the service.")
    private String id = "";

    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      Optional<ServiceInfo> found = scheduler.service(id);
      if (found.isEmpty()) {
        throw new IllegalArgumentException(Missing.service(id, keys()));
      }
      ServiceInfo service = found.get();
      List<String> text = new ArrayList<>();
      text.add(line(service));
      text.add(service.definition());
      service
          .jobs()
          .forEach(
              job ->
                  text.add(
                      "  %-20s %-12s %-12s %s"
                          .formatted(job.id(), job.hostname(), job.state(), job.reason())
                          .stripTrailing()));
      return say(text, tree(service));
    }
  }
}
