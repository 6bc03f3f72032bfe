package io.dowding.cli;

import io.dowding.docker.LocalEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds a Docker Engine on this machine for {@code agent --dev}. */
record DevEngine(List<String> places, String user) {

  private static final String SCHEME = "unix://";

  /** Where engines usually listen. */
  static DevEngine of(Map<String, String> environment, String user) {
    Set<String> places = new LinkedHashSet<>();
    String named = environment.get("DOCKER_HOST");
    if (named != null && named.startsWith(SCHEME)) {
      places.add(named);
    }
    places.add(SCHEME + "/var/run/docker.sock");
    return new DevEngine(List.copyOf(places), user);
  }

  /** The one that answers, or null. */
  @Nullable String answering() throws IOException {
    for (String place : places) {
      if (Files.exists(file(place))) {
        try (LocalEngine engine = new LocalEngine(place)) {
          if (engine.answers()) {
            return place;
          }
        }
      }
    }
    return null;
  }

  /**
   * Only root can start one.
   *
   * @throws IllegalStateException if the user is not root, with what to do
   */
  void mayStart() {
    if (user.equals("root")) {
      return;
    }
    for (String place : places) {
      Path file = file(place);
      if (Files.exists(file) && !Files.isWritable(file)) {
        throw new IllegalStateException(
            "user %s may not use the Docker Engine at %s: sudo usermod -aG docker %s, and log in again"
                .formatted(user, file, user));
      }
    }
    throw new IllegalStateException(
        "no Docker Engine answers at "
            + String.join(" or ", places)
            + ", and only root can start one: install docker.io and join the group docker (sudo usermod"
            + " -aG docker "
            + user
            + ", and log in again), name the unix:// socket of another engine in DOCKER_HOST, or run this"
            + " as root");
  }

  private static Path file(String place) {
    return Path.of(place.substring(SCHEME.length()));
  }
}
