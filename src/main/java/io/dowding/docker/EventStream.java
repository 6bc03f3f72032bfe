package io.dowding.docker;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * The engine's events about containers and their networks, read on the caller's thread until the
 * stream ends or its client is closed. Events of all containers: a filter by label would hide ports
 * that others use.
 */
final class EventStream {

  private static final String FILTERS =
      "{\"type\":[\"container\",\"network\"],\"event\":[\"create\",\"start\",\"die\",\"pause\",\"unpause\","
          + "\"destroy\",\"rename\",\"update\",\"health_status\",\"connect\",\"disconnect\"]}";

  /** It has all labels of a container: those of the definition, and those of the image. */
  private static final int LONGEST = DockerEngine.INSPECTION;

  private EventStream() {}

  /**
   * @param since by the engine's clock; events are read from then on
   * @param changed receives the id of each container that an event is about
   * @throws IOException when the stream breaks; returns normally only if the engine ended it
   */
  static void read(Connection connection, Instant since, Consumer<String> changed)
      throws IOException {
    String path =
        connection.path(
            "/events?since="
                + since.getEpochSecond()
                + "&filters="
                + URLEncoder.encode(FILTERS, StandardCharsets.UTF_8));
    try (Exchange exchange = connection.stream(path)) {
      exchange.mustBeJson();
      Lines.read(
          "an event",
          exchange.body(Long.MAX_VALUE),
          LONGEST,
          event -> {
            String container = container(event);
            if (!container.isEmpty()) {
              changed.accept(container);
            }
          });
    }
  }

  /** Its id; empty if an event names none, such as that of a network whose container is gone. */
  static String container(Answer event) {
    Answer actor = event.at("Actor");
    if (!event.at("Type").textOr("").equals("network")) {
      return actor.at("ID").id();
    }
    Answer container = actor.at("Attributes").at("container");
    return container.textOr("").isEmpty() ? "" : container.id();
  }
}
