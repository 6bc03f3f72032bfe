package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.docker.Lane.Step;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A host that is followed")
class LaneTest {

  private static final Duration PING = DockerSettings.DEFAULT.ping();
  private static final Duration RESYNC = DockerSettings.DEFAULT.resync();
  private static final Step LIST = new Step.ListAll(false);

  private final Lane lane = new Lane(DockerSettings.DEFAULT);
  private Instant now = Instant.EPOCH;

  private Step next() {
    return lane.next(now);
  }

  private void does(Step expected) {
    Step step = next();
    assertThat(step).isEqualTo(expected);
    lane.done(step, now);
  }

  private void connected() {
    does(new Step.Connect());
    does(LIST);
  }

  private void waitsFor(Duration time) {
    assertThat(next()).isEqualTo(new Step.Wait(now.plus(time)));
  }

  @Test
  @DisplayName("is connected to, listed, and pinged again and again")
  void follows() {
    connected();
    waitsFor(PING);
    now = now.plus(PING);
    does(new Step.Ping());
    waitsFor(PING);
  }

  @Test
  @DisplayName("is listed again after a while, with the engine's information, instead of a ping")
  void resync() {
    connected();
    now = now.plus(RESYNC);
    does(new Step.ListAll(true));
    waitsFor(PING);
  }

  @Test
  @DisplayName("may be used once it was listed, until something fails")
  void usable() {
    does(new Step.Connect());
    assertThat(lane.isUsable()).isFalse();
    does(LIST);
    assertThat(lane.isUsable()).isTrue();
    lane.failed(now);
    assertThat(lane.isUsable()).isFalse();
  }

  @Test
  @DisplayName("is not pinged while it answers other questions")
  void answers() {
    connected();
    now = now.plus(PING.dividedBy(2));
    lane.changed("a");
    does(new Step.Look("a"));
    waitsFor(PING);
  }

  @Test
  @DisplayName("has each container that changed inspected once, after a ping that is due")
  void looks() {
    connected();
    lane.changed("a");
    lane.changed("b");
    lane.changed("a");
    now = now.plus(PING);
    does(new Step.Ping());
    does(new Step.Look("a"));
    lane.changed("a");
    does(new Step.Look("b"));
    does(new Step.Look("a"));
    waitsFor(PING);
  }

  @Test
  @DisplayName("is listed instead when more than a hundred containers changed")
  void many() {
    connected();
    for (int n = 0; n < 100; n++) {
      lane.changed("c" + n);
    }
    assertThat(next()).isEqualTo(new Step.Look("c0"));
    lane.changed("c0");
    lane.changed("another");
    does(LIST);
    waitsFor(PING);
  }

  @Test
  @DisplayName("is listed when the result of a call is unknown, once more if that is during a list")
  void unknown() {
    connected();
    lane.changed("covered by the list");
    lane.listAgain();
    assertThat(next()).isEqualTo(LIST);
    lane.changed("a");
    lane.listAgain();
    lane.done(LIST, now);
    does(LIST);
    waitsFor(PING);
  }

  @Test
  @DisplayName("has what changes during a list inspected after it")
  void duringList() {
    does(new Step.Connect());
    assertThat(next()).isEqualTo(LIST);
    lane.changed("a");
    lane.done(LIST, now);
    does(new Step.Look("a"));
  }

  @Test
  @DisplayName("is connected to again a second after a failure, and earlier news is dropped")
  void fails() {
    connected();
    lane.changed("a");
    lane.listAgain();
    now = now.plus(RESYNC);
    lane.failed(now);
    waitsFor(Duration.ofSeconds(1));
    now = now.plusSeconds(1);
    connected();
    waitsFor(PING);
  }
}
