package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.keys.KeyProblem;
import io.dowding.keys.Parsed;
import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Availability;
import io.dowding.model.Pin;
import io.dowding.model.Policy;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An invalid key")
class KeyProblemsTest {

  private static final Instant NOW = Instant.EPOCH;

  private final Keys keys = new Keys(true, new Leadership(), Policy.STRICT, new Changed());
  private long revision = 5;

  private void changed(StoreChange... changes) {
    keys.changed(new Event.StoreChanged(++revision, List.of(changes)), name -> {}, NOW);
  }

  private void listed(StoreChange... present) {
    keys.listed(
        new Event.StoreListed(++revision, List.of(present), Recalled.NOTHING), name -> {}, NOW);
  }

  private SortedMap<String, KeyProblem> told() {
    return KeyProblem.all("/schedule", keys.problems());
  }

  private static StoreChange nothing(String key) {
    return new StoreChange.OfNothing(key, "no name", 6);
  }

  @Test
  @DisplayName("is reported with the problem and the fix, until it is deleted")
  void reportedUntilDeleted() {
    changed(nothing("services/K-Upper"), nothing("services/a/b"));
    assertThat(told())
        .containsOnlyKeys("status/problems/services/K-Upper", "status/problems/services/a/b")
        .containsEntry(
            "status/problems/services/a/b",
            new KeyProblem(
                "no name",
                "put a valid value, or delete the key:" + " etcdctl del '/schedule/services/a/b'"));
    changed(new StoreChange.OfNothing("services/K-Upper", null, 7));
    assertThat(told()).containsOnlyKeys("status/problems/services/a/b");
    listed();
    assertThat(told()).isEmpty();
  }

  @Test
  @DisplayName("is reported until it is fixed; a host's last valid state stays in effect")
  void repaired() {
    changed(new StoreChange.OfHostWord("a", new Parsed.Valid<>(Availability.DRAIN), 6));
    changed(new StoreChange.OfHostWord("a", new Parsed.Invalid<>("Pause is not valid"), 7));
    assertThat(keys.hostSettings.of("a")).isEqualTo(Availability.DRAIN);
    assertThat(keys.problem("hosts/a")).isEqualTo("Pause is not valid");
    assertThat(told()).containsOnlyKeys("status/problems/hosts/a");
    changed(new StoreChange.OfHostWord("a", new Parsed.Valid<>(Availability.PAUSE), 8));
    assertThat(keys.problem("hosts/a")).isNull();
    assertThat(told()).isEmpty();
  }

  @Test
  @DisplayName("with a wrong name can be deleted by the given command, whatever its name contains")
  void wrongNames() {
    assertThat(fix("services/K-Upper"))
        .isEqualTo(
            "put its value under a valid name, and delete this key: etcdctl del"
                + " '/schedule/services/K-Upper'");
    assertThat(fix("services/it's\u001b\\é"))
        .endsWith("etcdctl del $'/schedule/services/it\\x27s\\x1b\\x5c\\U000000e9'");
    assertThat(fix("services/a\ufffdb"))
        .endsWith(
            "etcdctl get --prefix --keys-only '/schedule/services/a' | od -c shows its whole name,"
                + " and etcdctl del $'…' deletes it");
  }

  private static String fix(String key) {
    SortedMap<String, String> problems = new TreeMap<>();
    problems.put(key, KeyProblem.NAME + "is wrong");
    return KeyProblem.all("/schedule", problems).values().iterator().next().fix();
  }

  @Test
  @DisplayName("that cannot be decrypted needs its encryption key, or another value")
  void encrypted() {
    changed(
        new StoreChange.OfNothing("secrets/x", KeyProblem.ENCRYPTED + "why", 6),
        new StoreChange.OfNothing("versions/web", KeyProblem.ENCRYPTED + "why", 6));
    assertThat(told().values())
        .extracting(KeyProblem::fix)
        .containsExactly(
            "add that key under encryption in the agent's configuration and restart it, or set it"
                + " again: dowding secret set x",
            "add that key under encryption in the agent's configuration and restart it, or give up"
                + " the definitions kept for a rollback: etcdctl del '/schedule/versions/web', then"
                + " restart it");
  }

  @Test
  @DisplayName("is still a pin, to an unknown host")
  void pin() {
    changed(new StoreChange.OfPin("db", new Parsed.Valid<>(new Pin.ToHost("a", false)), 6));
    changed(new StoreChange.OfPin("db", new Parsed.Invalid<>("no pin"), 7));
    assertThat(keys.pins).containsEntry("db", new Pin.Unreadable("no pin"));
    assertThat(told()).containsOnlyKeys("status/problems/pins/db");
    changed(new StoreChange.OfPin("db", null, 8));
    assertThat(keys.pins).isEmpty();
    assertThat(told()).isEmpty();
  }

  @Test
  @DisplayName("if there are many, is reported up to a limit, with the number of the others")
  void many() {
    changed(IntStream.range(0, 130).mapToObj(n -> nothing("x" + n)).toArray(StoreChange[]::new));
    assertThat(told()).hasSize(101);
    assertThat(told().get("status/problems/more"))
        .satisfies(more -> assertThat(more.problem()).isEqualTo("30 more keys cannot be used"));
  }

  @Test
  @DisplayName("is reported under a printable name, however long and hostile its own is")
  void names() {
    SortedMap<String, String> problems = new TreeMap<>();
    problems.put("services/\u001b[2J", "bad");
    problems.put("services/" + "a".repeat(5000), "bad");
    problems.put("services/" + "a".repeat(5001), "b".repeat(5000));
    assertThat(KeyProblem.all("/s", problems))
        .hasSize(3)
        .allSatisfy(
            (key, problem) -> {
              assertThat(key).hasSizeLessThan(300).matches("[ -~…]+");
              assertThat(problem.problem()).hasSizeLessThan(1100);
              assertThat(problem.fix()).hasSizeLessThan(400).matches("[ -~…]+");
            });
  }
}
