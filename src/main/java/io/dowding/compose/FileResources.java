package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Compose file says of its volumes, networks, configs and secrets beside its services. A
 * service that uses one gets it written into its own definition, for each service stands alone; but
 * what other files hold goes into keys.
 */
final class FileResources {

  private final JsonNode file;
  private final Map<String, String> environment;
  private final ComposeFile.Files files;

  FileResources(JsonNode file, Map<String, String> environment, ComposeFile.Files files) {
    this.file = file;
    this.environment = environment;
    this.files = files;
  }

  /**
   * Writes into a service what the file says of what it uses.
   *
   * @param keys gets the contents that belong into keys
   */
  void writeInto(ObjectNode service, Map<String, String> keys, List<String> problems) {
    volumes(service);
    networks(service);
    for (String kind : List.of("configs", "secrets")) {
      contents(service, kind, keys, problems);
    }
  }

  private void contents(
      ObjectNode service, String kind, Map<String, String> keys, List<String> problems) {
    if (!(service.get(kind) instanceof ArrayNode all)) {
      return;
    }
    for (int i = 0; i < all.size(); i++) {
      JsonNode item = all.get(i);
      String name = item.isTextual() ? item.asText() : item.path("source").asText();
      JsonNode said = file.path(kind).path(name);
      String own = said.path("name").asText(name);
      if (!own.equals(name)) {
        ObjectNode renamed =
            item instanceof ObjectNode object
                ? object
                : all.objectNode().put("target", path(kind, name));
        all.set(i, renamed.put("source", own));
      }
      String content =
          said.path("external").asBoolean() ? null : content(kind, name, said, problems);
      if (content != null && said.has("content")) {
        service
            .withObjectProperty("x-dowding")
            .withObjectProperty(kind)
            .withObjectProperty(own)
            .put("content", content);
      } else if (content != null) {
        keys.put(kind + "/" + own, content);
      }
    }
  }

  /** Where Compose puts one that has no target. */
  private static String path(String kind, String name) {
    return kind.equals("configs") ? "/" + name : name;
  }

  private @Nullable String content(String kind, String name, JsonNode said, List<String> problems) {
    String at = kind + "." + name + ": ";
    if (said.has("content")) {
      return said.path("content").asText();
    }
    if (said.has("environment")) {
      String variable = said.path("environment").asText();
      String value = environment.get(variable);
      if (value == null) {
        problems.add(at + "the variable " + variable + " is not set");
      }
      return value;
    }
    if (!said.has("file")) {
      problems.add(at + "has no file, content or environment, and is not external");
      return null;
    }
    String path = said.path("file").asText();
    try {
      return files.text(path);
    } catch (IOException unreadable) {
      problems.add(at + path + " cannot be read as text: " + unreadable.getMessage());
      return null;
    }
  }

  private void volumes(ObjectNode service) {
    if (!(service.get("volumes") instanceof ArrayNode all)) {
      return;
    }
    for (int i = 0; i < all.size(); i++) {
      JsonNode item = all.get(i);
      if (item instanceof ObjectNode volume && volume.path("source").isTextual()) {
        volume.put("source", used(service, "volumes", volume.path("source").asText()));
      } else if (item.isTextual() && item.asText().contains(":")) {
        String[] parts = item.asText().split(":", 2);
        all.set(i, TextNode.valueOf(used(service, "volumes", parts[0]) + ":" + parts[1]));
      }
    }
  }

  private void networks(ObjectNode service) {
    JsonNode written = service.get("networks");
    if (written instanceof ArrayNode all) {
      for (int i = 0; i < all.size(); i++) {
        all.set(i, TextNode.valueOf(used(service, "networks", all.get(i).asText())));
      }
    } else if (written instanceof ObjectNode all) {
      ObjectNode renamed = all.objectNode();
      for (Map.Entry<String, JsonNode> entry : all.properties()) {
        renamed.set(used(service, "networks", entry.getKey()), entry.getValue());
      }
      service.set("networks", renamed);
    }
  }

  /** The name that it has on hosts; what is said of it stands in the service from now on. */
  private String used(ObjectNode service, String section, String name) {
    JsonNode said = file.path(section).path(name);
    String own = said.path("name").asText(name);
    ObjectNode options = options(said);
    if (options != null) {
      service.withObjectProperty("x-dowding").withObjectProperty(section).set(own, options);
    }
    return own;
  }

  private static @Nullable ObjectNode options(JsonNode said) {
    if (!(said instanceof ObjectNode object) || said.path("external").asBoolean()) {
      return null;
    }
    ObjectNode options = object.deepCopy();
    options.remove("name");
    options.remove("external");
    return options.isEmpty() ? null : options;
  }
}
