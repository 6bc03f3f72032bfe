package io.dowding.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.ContainerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Image names, as Docker parses them. */
final class Images {

  static final String DOCKER_HUB = "docker.io";

  /** Each becomes a volume for every container. */
  private static final int MOST_VOLUMES = 100;

  /** Linux's longest path. */
  private static final int LONGEST_NAME = 4096;

  private Images() {}

  /** The registry that it is pulled from. */
  static String registry(String image) {
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    boolean named = first.contains(".") || first.contains(":") || first.equals("localhost");
    return named && !first.equals("index.docker.io") ? first : DOCKER_HUB;
  }

  /** The name without tag and digest. */
  static String repository(String image) {
    String name = image.replaceFirst("@.*", "");
    int colon = name.lastIndexOf(':');
    return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
  }

  /** The name and the tag; without a tag an engine would pull all of them. */
  static List<String> nameAndTag(String image) {
    int at = image.indexOf('@');
    if (at >= 0) {
      return List.of(repository(image) + image.substring(at), "");
    }
    String name = repository(image);
    return List.of(name, name.equals(image) ? "latest" : image.substring(name.length() + 1));
  }

  /** Why no container of this image may be created, or empty. */
  static String refusal(String image, EngineApi.Image found) {
    String why =
        Stream.of(claims(found.claims()), found.excess())
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining("; and it "));
    return why.isEmpty() ? "" : "the image " + image + " " + why;
  }

  private static String claims(Map<String, String> labels) {
    return labels.isEmpty()
        ? ""
        : "has labels that only dowding may set ("
            + labels.keySet().stream().sorted().collect(Collectors.joining(", "))
            + "): build it without them";
  }

  /** What a container of an image with this configuration would do to its host, or empty. */
  static String excess(JsonNode config) {
    List<String> problems = new ArrayList<>();
    tooMany(config.path("ExposedPorts"), ContainerSpec.MOST_EXPOSED, "exposes", "ports", problems);
    tooMany(config.path("Volumes"), MOST_VOLUMES, "declares", "volumes", problems);
    JsonNode entrypoint = config.path("Entrypoint");
    JsonNode health = config.path("Healthcheck").path("Test");
    tooLong(first(entrypoint.isEmpty() ? config.path("Cmd") : entrypoint), "program", problems);
    tooLong("CMD".equals(first(health)) ? health.path(1).asText() : "", "health check", problems);
    tooLong(config.path("User").asText(), "user", problems);
    return String.join("; and it ", problems);
  }

  private static String first(JsonNode words) {
    return words.path(0).asText();
  }

  private static void tooMany(
      JsonNode all, int most, String does, String what, List<String> problems) {
    if (all.size() > most) {
      problems.add(
          does
              + " "
              + all.size()
              + " "
              + what
              + ", more than the "
              + most
              + " allowed: build it with fewer");
    }
  }

  /**
   * A runtime repeats a name that it does not find in its error. If that is longer than a pipe
   * takes, the start and every inspection hang forever.
   */
  private static void tooLong(String name, String what, List<String> problems) {
    if (isTooLong(name)) {
      problems.add("has a " + what + " with a name longer than " + LONGEST_NAME + " characters");
    }
  }

  static boolean isTooLong(String name) {
    return name.length() > LONGEST_NAME;
  }

  /** The form that an engine uses in its list of digests. */
  private static String familiar(String image) {
    return repository(image)
        .replaceFirst("^(index\\.)?docker\\.io/", "")
        .replaceFirst("^library/", "");
  }

  /** The digest of an image in its registry, or empty if the engine does not know it. */
  static String digest(String image, List<String> digests) {
    String name = familiar(image) + "@";
    return digests.stream()
        .filter(digest -> digest.startsWith(name))
        .map(digest -> digest.substring(name.length()))
        .min(String::compareTo)
        .orElse("");
  }
}
