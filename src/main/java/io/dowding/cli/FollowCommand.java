package io.dowding.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.Edit;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code follow}: writes {@code x-dowding.follow}. */
@Command(
    name = "follow",
    description = {
      "Checks at intervals whether the tag of a service's image points to a new image, and rolls it out.",
      "If it fails, the last good image is rolled out again, and the status says so."
    },
    footer = {"Example:", "  dowding follow web 15m", "  dowding follow web off"},
    mixinStandardHelpOptions = true)
final class FollowCommand extends ChangeCommand {

  private static final String OFF = "off";

  @Parameters(
      index = "0",
      paramLabel = "SERVICE",
      completionCandidates = Completion.Services.class,
      description = "The service to change.")
  private String service = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "INTERVAL",
      defaultValue = "15m",
      description = "How often to check, such as 15m, or off. Default: ${DEFAULT-VALUE}.")
  private String interval = "";

  @Override
  int run() throws Exception {
    mustNotBeRolledBack(keys(), service);
    SortedMap<String, String> results = edit(edit -> put(edit, service, followed(edit)));
    String result = String.valueOf(results.get(service));
    say(
        interval.equals(OFF)
            ? service + ": does not follow its tag: " + result
            : service + ": follows its tag every " + interval + ": " + result,
        Map.of("service", service, "follow", interval, "result", result));
    return finish(List.of(service));
  }

  private ObjectNode followed(Edit edit) {
    ObjectNode definition = definition(edit, service);
    String image = definition.path("image").asText();
    if (interval.equals(OFF)) {
      if (definition.path("x-dowding") instanceof ObjectNode extras) {
        extras.remove("follow");
      }
    } else if (image.contains("@")) {
      throw new IllegalArgumentException(
          "%s names its image by digest, which never changes: first run dowding image %s %s"
              .formatted(service, service, image.replaceFirst("@.*", "")));
    } else {
      definition.withObjectProperty("x-dowding").put("follow", interval);
    }
    return definition;
  }
}
