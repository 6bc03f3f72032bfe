package io.dowding.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The keys that agents publish, for the ops room")
class RoomBoardTest {

  private static final String WEB = "status/services/web";

  private final RoomBoard board = new RoomBoard();

  private Map<String, Optional<String>> put(String key, String value) {
    return board.changed(Map.of(key, Optional.of(value)));
  }

  private static String web(String first, String second) {
    return "{\"state\":\"running\",\"jobs\":{\"web.1\":{\"state\":\"%s\"},\"web.2\":{\"state\":\"%s\"}}}"
        .formatted(first, second);
  }

  @Test
  @DisplayName("a service is shown apart from its jobs")
  void service() {
    assertThat(put(WEB, web("running", "pending")))
        .containsOnly(
            Map.entry("service/web", Optional.of("{\"state\":\"running\"}")),
            Map.entry("job/web.1", Optional.of("{\"state\":\"running\",\"service\":\"web\"}")),
            Map.entry("job/web.2", Optional.of("{\"state\":\"pending\",\"service\":\"web\"}")));
  }

  @Test
  @DisplayName("only what differs is a change")
  void differs() {
    put(WEB, web("running", "pending"));
    assertThat(put(WEB, web("running", "running"))).containsOnlyKeys("job/web.2");
    assertThat(put(WEB, web("running", "running"))).isEmpty();
    assertThat(put(WEB, "{\"state\":\"running\",\"jobs\":{\"web.2\":{\"state\":\"running\"}}}"))
        .containsOnly(Map.entry("job/web.1", Optional.empty()));
  }

  @Test
  @DisplayName("a key that was deleted, or is missing in a list, takes all that it showed with it")
  void gone() {
    put("status/hosts/host1", "{\"state\":\"up\"}");
    put(WEB, web("running", "running"));
    assertThat(board.changed(Map.of("status/hosts/host1", Optional.empty())))
        .containsOnly(Map.entry("host/host1", Optional.empty()));
    assertThat(board.listed(new TreeMap<>(Map.of("status/holds/cluster", "{\"held\":\"all\"}"))))
        .containsOnlyKeys("service/web", "job/web.1", "job/web.2", "hold/cluster");
  }

  @Test
  @DisplayName("a value that cannot be read shows nothing, and harms no other")
  void unreadable() {
    put(WEB, web("running", "running"));
    assertThat(
            board.changed(
                Map.of(
                    WEB,
                    Optional.of("{\"jobs\":"),
                    "status/hosts/host1",
                    Optional.of("[]"),
                    "status/hosts/host2",
                    Optional.of("{\"state\":\"up\"}"))))
        .containsOnly(
            Map.entry("service/web", Optional.empty()),
            Map.entry("job/web.1", Optional.empty()),
            Map.entry("job/web.2", Optional.empty()),
            Map.entry("host/host2", Optional.of("{\"state\":\"up\"}")));
  }

  @Test
  @DisplayName("events are shown line by line; the same line again is no change")
  void events() {
    String first =
        "{\"time\":\"2026-12-01T08:00:00Z\",\"action\":\"start\",\"job\":\"web.1\",\"revision\":7}";
    String pin = "{\"time\":\"2026-12-01T08:00:01Z\",\"action\":\"pin\",\"key\":\"pins/db.1\"}";
    assertThat(put("work/control1", first).values())
        .containsExactly(
            Optional.of(
                "{\"time\":\"2026-12-01T08:00:00Z\",\"action\":\"start\",\"job\":\"web.1\"}"));
    assertThat(put("work/control1", first + "\n{cut off\n" + pin).values())
        .containsExactly(
            Optional.of("{\"time\":\"2026-12-01T08:00:01Z\",\"action\":\"pin\",\"job\":\"db.1\"}"));
  }
}
