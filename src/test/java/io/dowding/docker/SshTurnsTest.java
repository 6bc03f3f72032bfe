package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.SshEndpoint;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SshTurnsTest {

  private static final SshEndpoint BAD = new SshEndpoint(null, "bad", 0);
  private static final SshEndpoint GOOD = new SshEndpoint(null, "good", 0);

  private static CompletableFuture<SshTurns.Turn> later(SshTurns turns, SshEndpoint to) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return turns.take(to);
          } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
          }
        },
        Thread::startVirtualThread);
  }

  @Test
  @DisplayName("a host whose last login failed waits only for others of its kind")
  void kinds() throws InterruptedException {
    SshTurns turns = new SshTurns(1, Duration.ofHours(1));
    turns.ended(BAD, false);
    SshTurns.Turn hangs = turns.take(BAD);
    CompletableFuture<SshTurns.Turn> another = later(turns, BAD);
    turns.take(GOOD).close();
    assertThat(another).isNotDone();
    turns.ended(BAD, true);
    turns.take(BAD).close();
    hangs.close();
    another.join().close();
  }

  @Test
  @DisplayName("what takes long does not keep its turn, and gives it back once")
  void longest() throws InterruptedException {
    SshTurns turns = new SshTurns(1, Duration.ofMillis(1));
    SshTurns.Turn hangs = turns.take(GOOD);
    turns.take(GOOD).close();
    hangs.close();
    SshTurns patient = new SshTurns(1, Duration.ofHours(1));
    SshTurns.Turn twice = patient.take(GOOD);
    twice.close();
    twice.close();
    SshTurns.Turn only = patient.take(GOOD);
    CompletableFuture<SshTurns.Turn> next = later(patient, GOOD);
    assertThat(next).isNotDone();
    only.close();
    next.join().close();
  }
}
