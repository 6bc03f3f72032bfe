package io.dowding;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A service definition in Java instead of JSON. Fields without a method can be set with {@link
 * #with}: any field of the Compose Specification that dowding supports. Not thread-safe.
 */
public final class Definition {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ObjectNode json = JSON.createObjectNode();

  private Definition() {}

  /** A service with this image and one job. */
  public static Definition image(String image) {
    Definition definition = new Definition();
    definition.json.put("image", requireNonNull(image, "image"));
    return definition;
  }

  public Definition command(String... words) {
    var list = json.putArray("command");
    for (String word : words) {
      list.add(word);
    }
    return this;
  }

  public Definition environment(String name, String value) {
    json.withObjectProperty("environment").put(name, value);
    return this;
  }

  /** As in Compose: {@code 8080:80}, {@code 127.0.0.1:53:53/udp}. */
  public Definition port(String port) {
    json.withArrayProperty("ports").add(port);
    return this;
  }

  /** As in Compose: {@code data:/var/lib/data}, {@code /etc/x:/x:ro}. */
  public Definition volume(String volume) {
    json.withArrayProperty("volumes").add(volume);
    return this;
  }

  public Definition replicas(int replicas) {
    json.withObjectProperty("deploy").put("replicas", replicas);
    return this;
  }

  /** One job on every host. */
  public Definition global() {
    json.withObjectProperty("deploy").put("mode", "global");
    return this;
  }

  /** Such as {@code node.tags == apple}. */
  public Definition constraint(String constraint) {
    json.withObjectProperty("deploy")
        .withObjectProperty("placement")
        .withArrayProperty("constraints")
        .add(constraint);
    return this;
  }

  /** Its jobs run only on this host. */
  public Definition pin(String hostname) {
    json.withObjectProperty("x-dowding").put("pin", hostname);
    return this;
  }

  /** Its jobs run where this job or service runs. */
  public Definition parent(String id) {
    json.withObjectProperty("x-dowding").put("parent", id);
    return this;
  }

  /**
   * Sets any field of a service, in place of what it was.
   *
   * @param field such as {@code healthcheck}
   * @param value a text, number or boolean, or a {@code Map} or {@code Collection} of these
   * @throws IllegalArgumentException if the value has no form in JSON
   */
  public Definition with(String field, Object value) {
    json.set(
        requireNonNull(field, "field"), JSON.<JsonNode>valueToTree(requireNonNull(value, "value")));
    return this;
  }

  /** As JSON. */
  @Override
  public String toString() {
    return json.toString();
  }
}
