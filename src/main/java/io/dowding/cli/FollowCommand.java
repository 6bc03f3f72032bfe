package io.dowding.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.Edit;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private final ServiceArgument service = new ServiceArgument();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "INTERVAL",
      defaultValue = "15m",
      description = "How often to check, such as 15m, or off. Default: ${DEFAULT-VALUE}.")
  private String interval = "";

  @Override
  int run() throws Exception {
    mustNotBeRolledBack(keys(), service.name());
    SortedMap<String, String> results = edit(edit -> put(edit, service.name(), followed(edit)));
    String result = String.valueOf(results.get(service.name()));
    say(
        interval.equals(OFF)
            ? service.name() + ": does not follow its tag: " + result
            : service.name() + ": follows its tag every " + interval + ": " + result,
        Map.of("service", service.name(), "follow", interval, "result", result));
    return finish(List.of(service.name()));
  }

  private ObjectNode followed(Edit edit) {
    ObjectNode definition = definition(edit, service.name());
    String image = definition.path("image").asText();
    if (interval.equals(OFF)) {
      if (definition.path("x-dowding") instanceof ObjectNode extras) {
        extras.remove("follow");
      }
    } else if (image.contains("@")) {
      throw new IllegalArgumentException(
          "%s names its image by digest, which never changes: first run dowding image %s %s"
              .formatted(service.name(), service.name(), image.replaceFirst("@.*", "")));
    } else {
      definition.withObjectProperty("x-dowding").put("follow", interval);
    }
    return definition;
  }
}
