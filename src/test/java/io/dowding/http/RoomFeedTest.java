package io.dowding.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The feed of the ops room")
class RoomFeedTest {

  private static final Duration NONE = Duration.ZERO;

  private final RoomFeed feed = new RoomFeed(3);

  private void put(String unit, String value) {
    feed.add(Map.of(unit, Optional.of(value)));
  }

  private RoomFeed.Batch next(@Nullable String id) throws InterruptedException {
    return Objects.requireNonNull(feed.next(id, NONE));
  }

  @Test
  @DisplayName("a new viewer gets everything, then only changes")
  void changes() throws InterruptedException {
    put("job/web.1", "1");
    put("job/web.2", "1");
    RoomFeed.Batch first = next(null);
    assertThat(first.whole()).isTrue();
    assertThat(first.units()).containsOnlyKeys("job/web.1", "job/web.2");
    assertThat(feed.next(first.id(), NONE)).isNull();
    put("job/web.2", "2");
    put("job/web.2", "3");
    feed.add(Map.of("job/web.1", Optional.empty()));
    RoomFeed.Batch second = next(first.id());
    assertThat(second.whole()).isFalse();
    assertThat(second.units())
        .containsOnly(
            Map.entry("job/web.2", Optional.of("3")), Map.entry("job/web.1", Optional.empty()));
  }

  @Test
  @DisplayName(
      "a viewer that was away too long, or saw another agent or a later state, gets everything")
  void tooLate() throws InterruptedException {
    put("job/web.1", "1");
    String id = next(null).id();
    for (int n = 2; n <= 4; n++) {
      put("job/web.1", Integer.toString(n));
    }
    assertThat(next(id).whole()).isFalse();
    put("job/web.1", "5");
    assertThat(next(id).whole()).isTrue();
    assertThat(next("another.1").whole()).isTrue();
    assertThat(next(next(null).id() + "9").whole()).isTrue();
    assertThat(next(next(null).id().replaceFirst("\\d+$", "x")).whole()).isTrue();
  }

  @Test
  @DisplayName("after a rest it is another one, without what it had")
  void cleared() throws InterruptedException {
    put("job/web.1", "1");
    String id = next(null).id();
    feed.clear();
    put("job/web.2", "1");
    assertThat(next(id).whole()).isTrue();
    assertThat(next(id).units()).containsOnlyKeys("job/web.2");
  }

  @Test
  @DisplayName("large values are kept for fewer changes")
  void large() throws InterruptedException {
    put("job/web.1", "1");
    String id = next(null).id();
    put("job/web.1", "x".repeat(1_500_000));
    assertThat(next(id).whole()).isFalse();
    put("job/web.1", "x".repeat(1_500_000));
    assertThat(next(id).whole()).isTrue();
  }
}
