package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code healthcheck}, in the engine's format. */
final class HealthReader {

  private static final List<String> KINDS = List.of("CMD", "CMD-SHELL", "NONE");

  private HealthReader() {}

  static void read(Fields service, Map<String, Object> engine) {
    if (service.get("healthcheck") == null) {
      return;
    }
    Fields health = service.object("healthcheck");
    Map<String, Object> check = new TreeMap<>();
    boolean disabled = health.flag("disable");
    JsonNode test = health.get("test");
    if (disabled) {
      check.put("Test", List.of("NONE"));
    } else if (test != null && test.isTextual()) {
      check.put("Test", List.of("CMD-SHELL", test.asText()));
    } else if (test != null && !test.isEmpty()) {
      List<String> words = health.list("test");
      if (words.isEmpty() || !KINDS.contains(words.getFirst())) {
        health.problem("test", Fields.show(test) + " does not begin with CMD, CMD-SHELL or NONE");
      }
      health.program("test", words.isEmpty() ? words : words.subList(1, words.size()));
      check.put("Test", words);
    }
    duration(health, "interval", check, "Interval");
    duration(health, "timeout", check, "Timeout");
    duration(health, "start_period", check, "StartPeriod");
    duration(health, "start_interval", check, "StartInterval");
    long retries = health.number("retries", 0, 0, Integer.MAX_VALUE);
    if (retries > 0) {
      check.put("Retries", retries);
    }
    health.refuseOthers();
    if (!check.isEmpty()) {
      engine.put("Healthcheck", check);
    }
  }

  /** In nanoseconds; Docker accepts nothing between zero and a millisecond. */
  private static void duration(
      Fields health, String field, Map<String, Object> check, String name) {
    Duration duration =
        health.text(
            field,
            "a duration of a millisecond or more, such as 10s",
            text -> {
              Duration read = Texts.duration(text);
              boolean isShort =
                  read != null && !read.isZero() && read.compareTo(Duration.ofMillis(1)) < 0;
              return isShort ? null : read;
            });
    if (duration != null && !duration.isZero()) {
      check.put(name, duration.toNanos());
    }
  }
}
