package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.control.StoreHistory.Verdict;
import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Policy;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A list of all keys shows that etcd went back in time")
class StoreHistoryTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Keys keys = new Keys(true, new Leadership(), Policy.STRICT, new Changed());

  private static StoreChange config(String name, long revision) {
    return new StoreChange.OfContent("configs/" + name, null, revision);
  }

  private static Event.StoreListed list(long revision, StoreChange... there) {
    return new Event.StoreListed(revision, List.of(there), Recalled.NOTHING);
  }

  private void listed(long revision, StoreChange... there) {
    keys.listed(list(revision, there), name -> {}, NOW);
  }

  private void changed(long revision, StoreChange... changes) {
    keys.changed(new Event.StoreChanged(revision, List.of(changes)), name -> {}, NOW);
  }

  private Verdict judged(Event.StoreListed list) {
    return keys.history.judge(list);
  }

  @Test
  @DisplayName("if it has a key at a revision at which an earlier list did not have it")
  void listedBefore() {
    listed(7, config("lost", 7));
    assertThat(judged(list(8, config("new", 7)))).isEqualTo(Verdict.CONTRADICTED);
  }

  @Test
  @DisplayName("if it has a key at a revision of which a watch reported other keys")
  void reportedBefore() {
    listed(6);
    changed(7, config("lost", 7));
    assertThat(judged(list(8, config("new", 7)))).isEqualTo(Verdict.CONTRADICTED);
  }

  @Test
  @DisplayName("but not if it only has a key that no watch reported")
  void missedNews() {
    listed(5);
    changed(7, config("a", 7));
    assertThat(judged(list(8, config("a", 7), config("missed", 6)))).isEqualTo(Verdict.FITS);
  }

  @Test
  @DisplayName("but not if the same keys are reported twice, changed or deleted")
  void ordinaryNews() {
    listed(5, config("a", 4), config("b", 5));
    changed(7, config("a", 7), config("c", 7));
    changed(7, config("a", 7), config("c", 7));
    assertThat(judged(list(9, config("a", 7), config("c", 9)))).isEqualTo(Verdict.FITS);
  }

  @Test
  @DisplayName("but not if an older list has a key that was deleted since")
  void olderList() {
    listed(5, config("a", 4), config("b", 5));
    listed(8, config("b", 5));
    assertThat(judged(list(6, config("a", 4), config("b", 5)))).isEqualTo(Verdict.DOUBTED);
  }

  @Test
  @DisplayName("even among many changes since the last list")
  void many() {
    listed(5);
    LongStream.range(6, 2000).forEach(at -> changed(at, config("a", at)));
    assertThat(judged(list(2000, config("a", 1999), config("b", 1998))))
        .isEqualTo(Verdict.CONTRADICTED);
  }
}
