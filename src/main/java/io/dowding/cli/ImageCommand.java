package io.dowding.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code image}: writes the image of a service. */
@Command(
    name = "image",
    description = "Rolls out another image.",
    footer = {"Example:", "  dowding image web nginx:1.30 --wait"},
    mixinStandardHelpOptions = true)
final class ImageCommand extends ChangeCommand {

  @Mixin private final ServiceArgument service = new ServiceArgument();

  @Parameters(index = "1", paramLabel = "REF", description = "The image, with a tag or a digest.")
  private String image = "";

  @Override
  int run() throws Exception {
    SortedMap<String, String> before = new TreeMap<>();
    SortedMap<String, String> results =
        edit(
            edit -> {
              ObjectNode definition = definition(edit, service.name());
              before.put("image", definition.path("image").asText());
              definition.put("image", image);
              put(edit, service.name(), definition);
            });
    String result = String.valueOf(results.get(service.name()));
    say(
        "%s: %s -> %s: %s".formatted(service.name(), before.get("image"), image, result),
        Map.of(
            "service",
            service.name(),
            "before",
            before.get("image"),
            "image",
            image,
            "result",
            result));
    return finish(List.of(service.name()));
  }
}
