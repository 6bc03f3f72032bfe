package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.control.Event;
import io.dowding.etcd.KeyWatch.Step;
import io.dowding.keys.Recalled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The keys that are followed")
class KeyWatchTest {

  private static final Duration PAUSE = Duration.ofMillis(300);
  private static final Duration PROGRESS = Duration.ofSeconds(3);
  private static final Step LIST = new Step.ListAll(false);

  private final List<Event> events = new ArrayList<>();
  private final KeyWatch watch = new KeyWatch("/b", WatchReader::read, events::add);
  private Instant now = Instant.EPOCH;

  private Step next() {
    return watch.next(now);
  }

  private void listed(long revision) {
    assertThat(next()).isEqualTo(LIST);
    watch.listed(new KeyLister.Listing(revision, List.of(), Recalled.NOTHING));
  }

  /** Lists and watches; returns what the watch reports with. */
  private long watching(long revision) {
    listed(revision);
    Step step = next();
    assertThat(step).isInstanceOf(Step.Watch.class);
    assertThat(((Step.Watch) step).from()).isEqualTo(revision + 1);
    return ((Step.Watch) step).attempt();
  }

  private void waitsFor(Duration time) {
    assertThat(next()).isEqualTo(new Step.Wait(now.plus(time)));
  }

  private void fails(String why) {
    watch.failed(new EtcdException(why), now);
  }

  private static Kv.Change pin(long revision) {
    byte[] value = "host1".getBytes(StandardCharsets.UTF_8);
    return new Kv.Change(
        "/b/pins/a", new Kv.Entry("/b/pins/a", value, revision, revision), revision);
  }

  @Test
  @DisplayName("are listed, and watched from the next revision")
  void follows() {
    long attempt = watching(7);
    waitsFor(PROGRESS);

    watch.changed(attempt, 9, List.of(pin(8)), now);

    assertThat(events).hasSize(2);
    assertThat(events.getFirst()).isEqualTo(new Event.StoreListed(7, List.of(), Recalled.NOTHING));
    assertThat(events.getLast())
        .isInstanceOfSatisfying(
            Event.StoreChanged.class,
            changed -> {
              assertThat(changed.revision()).isEqualTo(8);
              assertThat(changed.changes()).hasSize(1);
            });
  }

  @Test
  @DisplayName("are listed again a moment after any trouble, and known as unknown until then")
  void trouble() {
    assertThat(next()).isEqualTo(LIST);
    fails("no answer");
    assertThat(events).containsExactly(new Event.StoreLost("no answer"));
    waitsFor(PAUSE);
    now = now.plus(PAUSE);
    watching(7);
  }

  @Test
  @DisplayName("are listed again when a watch gave no sign of life three times")
  void silent() {
    watching(7);
    for (int round = 0; round < 2; round++) {
      now = now.plus(PROGRESS);
      assertThat(next()).isEqualTo(new Step.RequestProgress());
      waitsFor(PROGRESS);
    }
    now = now.plus(PROGRESS);
    assertThatThrownBy(this::next).isInstanceOf(EtcdException.class).hasMessageContaining("silent");
  }

  @Test
  @DisplayName("stay watched while it gives signs of life, which are no news")
  void alive() {
    long attempt = watching(7);
    for (int round = 0; round < 10; round++) {
      now = now.plus(PROGRESS);
      assertThat(next()).isEqualTo(new Step.RequestProgress());
      watch.changed(attempt, 7, List.of(), now);
      waitsFor(PROGRESS);
    }
    assertThat(events).hasSize(1);
  }

  @Test
  @DisplayName("are listed again when a watch reports an old change, or ends")
  void refused() {
    long attempt = watching(7);
    assertThatThrownBy(() -> watch.changed(attempt, 9, List.of(pin(7)), now))
        .isInstanceOf(EtcdException.class);
    assertThatThrownBy(() -> watch.ended(attempt, "reset"))
        .isInstanceOf(EtcdException.class)
        .hasMessage("the watch ended: reset");
    assertThat(events).hasSize(1);
  }

  @Test
  @DisplayName("are not affected by the late reports of an earlier watch")
  void late() {
    long first = watching(7);
    fails("reset");
    watch.changed(first, 9, List.of(pin(9)), now);
    watch.ended(first, "reset");
    now = now.plus(PAUSE);
    watching(8);
    watch.changed(first, 9, List.of(pin(9)), now);
    watch.ended(first, "reset");
    assertThat(events).hasSize(3).doesNotHaveAnyElementsOfTypes(Event.StoreChanged.class);
  }

  @Test
  @DisplayName("are listed again on request, once more if that is during a list")
  void listAgain() {
    watching(7);
    watch.listAgain();
    watch.listAgain();
    assertThat(next()).isEqualTo(LIST);
    watch.listAgain();
    watch.listed(new KeyLister.Listing(8, List.of(), Recalled.NOTHING));
    watching(9);
    waitsFor(PROGRESS);
  }

  @Test
  @DisplayName("are listed by a new client after five failures in a row")
  void newClient() {
    for (int failure = 1; failure <= 12; failure++) {
      assertThat(next()).isEqualTo(new Step.ListAll(failure == 6 || failure == 11));
      fails("no answer");
      now = now.plus(PAUSE);
    }
    watch.changed(watching(7), 8, List.of(pin(8)), now);
    for (int failure = 1; failure < 5; failure++) {
      fails("reset");
      now = now.plus(PAUSE);
      assertThat(next()).isEqualTo(LIST);
    }
  }
}
