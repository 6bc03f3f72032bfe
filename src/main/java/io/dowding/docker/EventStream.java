package io.dowding.docker;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * The engine's events about containers, read on the caller's thread until the stream ends or its
 * client is closed. All containers': a filter by label would hide the ports that others take.
 */
final class EventStream {

  private static final String FILTERS =
      "{\"type\":[\"container\"],\"event\":[\"create\",\"start\",\"die\",\"pause\",\"unpause\","
          + "\"destroy\",\"rename\",\"update\",\"health_status\"]}";

  private EventStream() {}

  /**
   * @param since by the engine's clock; events from then on are told
   * @param changed gets the id of each container that something happened to
   * @throws IOException when the stream breaks; it returns normally only where the engine ended it
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
          "an event", exchange.body(Long.MAX_VALUE), event -> changed.accept(container(event)));
    }
  }

  static String container(Answer event) {
    return event.at("Actor").at("ID").id();
  }
}
