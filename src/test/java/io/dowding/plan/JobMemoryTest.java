package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Reach;
import io.dowding.model.RestartPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class JobMemoryTest {

  private static final Instant NOW = Scene.NOW;

  @Test
  @DisplayName("the back-off grows from 1 s to 5 min, and stays there")
  void backoff() {
    assertThat(JobMemory.backoff(0)).isZero();
    assertThat(JobMemory.backoff(1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(JobMemory.backoff(5)).isEqualTo(Duration.ofSeconds(16));
    assertThat(JobMemory.backoff(10)).isEqualTo(Duration.ofMinutes(5));
    assertThat(JobMemory.backoff(1_000_000)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  @DisplayName("jitter adds at most 10 %, and differs from job to job")
  void jitter() {
    JobMemory a = JobMemory.NONE;
    JobMemory b = JobMemory.NONE;
    for (int n = 0; n < 9; n++) {
      a = a.failed("a.1", Fault.SPEC, "h", "bad", NOW);
      b = b.failed("b.1", Fault.SPEC, "h", "bad", NOW);
    }
    assertThat(a.nextTry()).isBetween(NOW.plusSeconds(256), NOW.plusSeconds(282));
    assertThat(a.nextTry()).isNotEqualTo(b.nextTry());
  }

  @Test
  @DisplayName("ten stable minutes reset the failures")
  void stable() {
    JobMemory failed = JobMemory.NONE.failed("a.1", Fault.SPEC, "h", "bad", NOW);
    assertThat(failed.stable().failures()).isZero();
    assertThat(failed.stable().mayTryAt(NOW)).isTrue();
  }

  @Test
  @DisplayName("a host is avoided after three failures of its own, for five minutes")
  void avoided() {
    JobMemory memory = JobMemory.NONE;
    for (int n = 0; n < 3; n++) {
      assertThat(memory.avoidedAt(NOW)).isEmpty();
      memory = memory.failed("a.1", Fault.HOST, "h", "disk full", NOW);
    }
    assertThat(memory.avoidedAt(NOW)).containsEntry("h", "failed there: disk full");
    assertThat(memory.avoidedAt(NOW.plusSeconds(300))).isEmpty();
  }

  @Test
  @DisplayName("a second stop signal does not postpone the kill")
  void stopping() {
    JobMemory once = JobMemory.NONE.stopping("c", NOW);
    assertThat(once.stopping("c", NOW.plusSeconds(9)).killAt("c")).isEqualTo(NOW);
    assertThat(once.stopping("d", NOW.plusSeconds(9)).killAt("c")).isEqualTo(NOW);
  }

  @Test
  @DisplayName("when every host has failed, retries keep their pauses")
  void noPairs() {
    JobMemory memory = JobMemory.NONE;
    Instant now = NOW;
    for (int n = 1; n <= 9; n++) {
      memory = memory.failed("a.1", Fault.HOST, "h", "bad", now);
      assertThat(memory.nextTry()).isAfterOrEqualTo(now.plus(JobMemory.backoff(n)));
      now = Objects.requireNonNull(memory.nextTry());
    }
  }

  @Test
  @DisplayName(
      "a full disk is tried again within 30 s, and immediately when another job starts there")
  void disk() {
    JobMemory memory = JobMemory.NONE;
    for (int n = 0; n < 9; n++) {
      memory = memory.failed("a.1", Fault.DISK, "h", "no space left on device", NOW);
    }
    assertThat(memory.nextTry()).isEqualTo(NOW.plusSeconds(30));
    assertThat(memory.roomOn("other").mayTryAt(NOW)).isFalse();
    assertThat(memory.roomOn("h").mayTryAt(NOW)).isTrue();
  }

  @Test
  @DisplayName("a create without an answer waits until its container is seen or its host returns")
  void lostCreate() {
    JobMemory lost =
        JobMemory.NONE.failed("a.1", Fault.LOST, "h", "no answer", NOW).awaitingContainer();
    assertThat(lost.mayTryAt(NOW)).isFalse();
    assertThat(lost.answeredBy("h").mayTryAt(NOW)).isTrue();
    JobMemory seen = lost.saw("a.1", 5, created(), RestartPolicy.DEFAULT, NOW);
    assertThat(seen.mayTryAt(NOW)).isTrue();
    assertThat(seen.failures()).isZero();
  }

  private static Container created() {
    return new Scene()
        .host("h", Availability.ACTIVE, Reach.UP)
        .service("a")
        .recorded("a.1", "h")
        .container("a.1", "h", 5, Container.State.CREATED)
        .container("a.1");
  }

  @Test
  @DisplayName("calls without an answer are retried with growing pauses")
  void rest() {
    JobMemory memory = JobMemory.NONE;
    Duration last = memory.rest();
    for (int n = 0; n < 9; n++) {
      memory = memory.unanswered();
      assertThat(memory.rest()).isGreaterThanOrEqualTo(last);
      last = memory.rest();
    }
    assertThat(last).isEqualTo(Duration.ofSeconds(30));
    assertThat(memory.answered().rest()).isZero();
  }
}
