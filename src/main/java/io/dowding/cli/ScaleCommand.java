package io.dowding.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code scale}: writes {@code deploy.replicas}. */
@Command(
    name = "scale",
    description = "Sets how many jobs services have.",
    footer = {"Example:", "  dowding scale web=3 api=2 --wait"},
    mixinStandardHelpOptions = true)
final class ScaleCommand extends ChangeCommand {

  @Parameters(
      arity = "1..*",
      paramLabel = "SERVICE=N",
      completionCandidates = Completion.Services.class,
      description = "A service and its number of jobs; 0 keeps only the definition.")
  private Map<String, Integer> wanted = new LinkedHashMap<>();

  @Override
  int run() throws Exception {
    for (String service : wanted.keySet()) {
      mustNotBeRolledBack(keys(), service);
    }
    SortedMap<String, String> results =
        edit(
            edit ->
                wanted.forEach(
                    (service, replicas) -> {
                      ObjectNode definition = definition(edit, service);
                      ObjectNode deploy = definition.withObjectProperty("deploy");
                      if (deploy.path("mode").asText().equals("global")) {
                        throw new IllegalArgumentException(
                            service
                                + " is global: it has one job on every host; add hosts, or set"
                                + " deploy.mode to replicated");
                      }
                      deploy.put("replicas", replicas);
                      put(edit, service, definition);
                    }));
    say(
        results.entrySet().stream()
            .map(
                one ->
                    "%s: %d %s%s"
                        .formatted(
                            one.getKey(),
                            wanted.get(one.getKey()),
                            Integer.valueOf(1).equals(wanted.get(one.getKey())) ? "job" : "jobs",
                            one.getValue().equals("same") ? ", as before" : ""))
            .toList(),
        Map.of("results", results, "replicas", wanted));
    return finish(wanted.keySet());
  }
}
