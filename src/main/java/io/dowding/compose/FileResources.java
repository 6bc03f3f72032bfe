package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a Compose file says of its volumes and networks beside its services. A service that uses one
 * gets it written into its own definition, for each service stands alone.
 */
final class FileResources {

  private final JsonNode file;

  FileResources(JsonNode file) {
    this.file = file;
  }

  /** Writes into a service what the file says of the volumes and networks that it uses. */
  void writeInto(ObjectNode service) {
    volumes(service);
    networks(service);
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
