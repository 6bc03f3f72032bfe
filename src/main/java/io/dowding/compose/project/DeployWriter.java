package io.dowding.compose.project;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.compose.yaml.FileProblem;
import io.dowding.compose.yaml.Yaml;
import io.dowding.compose.yaml.Yaml.Mapping;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Writes how many jobs a service has, on which hosts, and when they are restarted. */
final class DeployWriter {

  /** Constraints on what only the nodes of a Swarm have; docker compose ignores all of them. */
  private static final Pattern SWARM =
      Pattern.compile(
          "\\s*(node\\.(role|id|ip|platform\\.\\w+)\\s*|engine\\.labels\\.[^=!]+)[=!]=.*");

  private final ProjectContext context;
  private final Set<String> completing;

  DeployWriter(ProjectContext context, Map<String, Mapping> services) {
    this.context = context;
    this.completing = Graph.completing(services);
  }

  void write(String composeName, Mapping service, ObjectNode json) {
    deploy(service, json);
    restart(composeName, service, json);
  }

  private void deploy(Mapping service, ObjectNode json) {
    if (json.get("deploy") instanceof ObjectNode deploy) {
      deploy.remove(List.of("labels", "endpoint_mode"));
      if (deploy.path("placement").get("constraints") instanceof ArrayNode constraints) {
        for (Iterator<JsonNode> each = constraints.iterator(); each.hasNext(); ) {
          String constraint = each.next().asText();
          if (SWARM.matcher(constraint).matches()) {
            context
                .notes()
                .add(
                    service.at()
                        + ": "
                        + constraint
                        + " is not used; only Swarm has it. Write node.labels, node.tags or"
                        + " node.hostname");
            each.remove();
          }
        }
      }
    }
    Yaml scale = service.get("scale");
    JsonNode replicas = json.path("deploy").path("replicas");
    if (scale != null
        && !replicas.isMissingNode()
        && !scale.json().asText().equals(replicas.asText())) {
      throw new FileProblem(scale.at(), "scale and deploy.replicas are different; leave out scale");
    }
    if (scale != null) {
      json.withObjectProperty("deploy").set("replicas", scale.json());
    }
  }

  /** A container that is always restarted, as is the default here, never completes. */
  private void restart(String composeName, Mapping service, ObjectNode json) {
    if (completing.contains(composeName)
        && ServiceWriter.text(service, "restart").isEmpty()
        && json.path("deploy").path("restart_policy").isMissingNode()) {
      json.put("restart", "on-failure");
      context
          .notes()
          .add(
              service.at()
                  + ": services."
                  + composeName
                  + " is restarted only on failure, because others wait until it has completed");
    }
  }
}
