package io.dowding.docker;

import io.dowding.model.Ownership;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Image names, as Docker parses them. */
final class Images {

  static final String DOCKER_HUB = "docker.io";

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

  /** An error about labels of ours in an image. */
  static String claims(String image, Map<String, String> labels) {
    return "the image "
        + image
        + " has labels that only dowding may set ("
        + labels.keySet().stream()
            .filter(label -> label.startsWith(Ownership.PREFIX))
            .sorted()
            .collect(Collectors.joining(", "))
        + "): build it without them";
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
