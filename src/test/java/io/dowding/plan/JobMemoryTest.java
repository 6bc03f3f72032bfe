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
    assertThat(Backoff.after(0)).isZero();
    assertThat(Backoff.after(1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(Backoff.after(5)).isEqualTo(Duration.ofSeconds(16));
    assertThat(Backoff.after(10)).isEqualTo(Duration.ofMinutes(5));
    assertThat(Backoff.after(1_000_000)).isEqualTo(Duration.ofMinutes(5));
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
      assertThat(memory.nextTry()).isAfterOrEqualTo(now.plus(Backoff.after(n)));
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
    assertThat(JobMemory.NONE.unanswered().rest()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  @DisplayName("what an earlier agent left is limited: no negative count, no try after the latest")
  void recalled() {
    JobMemory low = JobMemory.recalled(-7, NOW.plusSeconds(9), "e", "", 0, "", NOW.plusSeconds(5));
    assertThat(low.failures()).isZero();
    assertThat(low.nextTry()).isEqualTo(NOW.plusSeconds(5));
    JobMemory high = JobMemory.recalled(Integer.MAX_VALUE, NOW, "e", "", 0, "", NOW.plusSeconds(5));
    assertThat(high.failures()).isEqualTo(1_000_000);
    assertThat(high.nextTry()).isEqualTo(NOW);
    assertThat(JobMemory.recalled(0, null, "e", "", 0, "", NOW).nextTry()).isNull();
  }

  @Test
  @DisplayName("a failed host is avoided until five minutes later; the first to end is next")
  void avoidsUntil() {
    JobMemory memory = JobMemory.NONE;
    for (int n = 0; n < 3; n++) {
      memory = memory.failed("a.1", Fault.LOST, "first", "bad", NOW);
    }
    for (int n = 0; n < 3; n++) {
      memory = memory.failed("a.1", Fault.DISK, "second", "full", NOW.plusSeconds(10));
    }
    assertThat(memory.avoidedAt(NOW.plusSeconds(10))).containsOnlyKeys("first", "second");
    assertThat(memory.avoidsUntil(NOW)).isEqualTo(NOW.plusSeconds(300));
    assertThat(memory.avoidsUntil(NOW.plusSeconds(300))).isEqualTo(NOW.plusSeconds(310));
    assertThat(memory.avoidsUntil(NOW.plusSeconds(310))).isNull();
    assertThat(JobMemory.NONE.avoidsUntil(NOW)).isNull();
  }

  @Test
  @DisplayName("only failures that are a host's fault make it avoided, three of them each time")
  void blame() {
    JobMemory memory = JobMemory.NONE;
    for (int n = 0; n < 9; n++) {
      memory = memory.failed("a.1", Fault.SPEC, "h", "bad", NOW);
    }
    assertThat(memory.avoidedAt(NOW)).isEmpty();
    for (int n = 0; n < 3; n++) {
      memory = memory.failed("a.1", Fault.HOST, "h", "bad", NOW);
    }
    Instant later = NOW.plusSeconds(400);
    assertThat(memory.avoidedAt(later)).isEmpty();
    memory = memory.failed("a.1", Fault.HOST, "h", "bad", later);
    assertThat(memory.avoidedAt(later)).isEmpty();
  }

  @Test
  @DisplayName("a new definition or host starts without failures, but still avoids bad hosts")
  void afresh() {
    JobMemory memory = JobMemory.NONE;
    for (int n = 0; n < 4; n++) {
      memory = memory.failed("a.1", Fault.HOST, "h", "bad", NOW);
    }
    JobMemory fresh = memory.afresh();
    assertThat(fresh.failures()).isZero();
    assertThat(fresh.exits()).isZero();
    assertThat(fresh.lastError()).isEmpty();
    assertThat(fresh.mayTryAt(NOW)).isTrue();
    assertThat(fresh.troubleOn()).isNull();
    assertThat(fresh.avoidedAt(NOW)).containsKey("h");
    JobMemory again = fresh;
    for (int n = 0; n < 2; n++) {
      again = again.failed("a.1", Fault.HOST, "other", "bad", NOW);
    }
    assertThat(again.afresh().failed("a.1", Fault.HOST, "other", "bad", NOW).avoidedAt(NOW))
        .doesNotContainKey("other");
  }

  @Test
  @DisplayName("a stable run ends the count of a host's failures, too")
  void stableHost() {
    JobMemory memory = JobMemory.NONE;
    for (int n = 0; n < 2; n++) {
      memory = memory.failed("a.1", Fault.HOST, "h", "bad", NOW);
    }
    JobMemory stable = memory.stable();
    assertThat(stable.lastError()).isEmpty();
    assertThat(stable.exits()).isZero();
    assertThat(stable.failed("a.1", Fault.HOST, "h", "bad", NOW).avoidedAt(NOW)).isEmpty();
  }

  @Test
  @DisplayName("an answer of a host ends only the waiting for that host")
  void answeredBy() {
    JobMemory lost = JobMemory.NONE.failed("a.1", Fault.LOST, "h", "no answer", NOW);
    assertThat(lost.troubleOn()).isEqualTo("h");
    assertThat(lost.answeredBy("other")).isSameAs(lost);
    assertThat(lost.roomOn("h")).isSameAs(lost);
    assertThat(lost.answeredBy("h").troubleOn()).isNull();
    assertThat(JobMemory.NONE.answeredBy("h")).isSameAs(JobMemory.NONE);
  }

  @Test
  @DisplayName("a disk that was full once is tried again before 30 s, by its own pause")
  void diskOnce() {
    JobMemory memory = JobMemory.NONE.failed("a.1", Fault.DISK, "h", "full", NOW);
    assertThat(memory.nextTry()).isBefore(NOW.plusSeconds(2));
  }

  @Test
  @DisplayName(
      "each reconnect waits longer than the last, unless that is more than ten minutes ago")
  void connected() {
    JobMemory once = JobMemory.NONE.connected("", NOW);
    assertThat(once.connectFrom()).isEqualTo(NOW.plusSeconds(1));
    JobMemory twice = once.connected("refused", NOW);
    assertThat(twice.connectFrom()).isEqualTo(NOW.plusSeconds(2));
    assertThat(twice.connectError()).isEqualTo("refused");
    Instant soon = NOW.plusSeconds(602);
    assertThat(twice.connected("", soon).connectFrom()).isEqualTo(soon.plusSeconds(4));
    Instant late = soon.plusMillis(1);
    assertThat(twice.connected("", late).connectFrom()).isEqualTo(late.plusSeconds(1));
    assertThat(twice.connected("", soon).connectError()).isEmpty();
  }

  @Test
  @DisplayName("a host has or lacks the image of one definition; of others nothing is known")
  void image() {
    JobMemory has = JobMemory.NONE.image("h", JobMemory.image("1-a", "demo"), true);
    assertThat(has.hasImage("h", JobMemory.image("1-a", "demo"))).isTrue();
    assertThat(has.lacksImage("h", JobMemory.image("1-a", "demo"))).isFalse();
    assertThat(has.hasImage("h", JobMemory.image("1-b", "demo"))).isFalse();
    assertThat(has.hasImage("other", JobMemory.image("1-a", "demo"))).isFalse();
    assertThat(JobMemory.NONE.lacksImage("h", JobMemory.image("1-a", "demo"))).isFalse();
  }

  @Test
  @DisplayName("a name is taken for one incarnation, a network gone for one container")
  void names() {
    JobMemory taken = JobMemory.NONE.nameTaken(7);
    assertThat(taken.isNameTaken(7)).isTrue();
    assertThat(taken.isNameTaken(8)).isFalse();
    assertThat(JobMemory.NONE.isNameTaken(0)).isFalse();
    assertThat(JobMemory.NONE.lacksNetwork("c").isWithoutNetwork("c")).isTrue();
    assertThat(JobMemory.NONE.lacksNetwork("c").isWithoutNetwork("d")).isFalse();
  }

  @Test
  @DisplayName("a kill is repeated later; another container's stop is not touched")
  void killed() {
    JobMemory memory = JobMemory.NONE.stopping("c", NOW).stopping("d", NOW.plusSeconds(3));
    JobMemory killed = memory.killed("c", NOW.plusSeconds(2));
    assertThat(killed.killAt("c")).isEqualTo(NOW.plusSeconds(2));
    assertThat(killed.killAt("d")).isEqualTo(NOW.plusSeconds(3));
    assertThat(killed.killAt("e")).isNull();
  }

  @Test
  @DisplayName("an incarnation is proven once, and another one is not")
  void proven() {
    JobMemory memory = JobMemory.NONE.proven(5);
    assertThat(memory.isProven(5)).isTrue();
    assertThat(memory.isProven(6)).isFalse();
    assertThat(memory.proven(5)).isSameAs(memory);
    assertThat(memory.proven(6).isProven(6)).isTrue();
  }
}
