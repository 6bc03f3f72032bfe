package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.etcd.EtcdException;
import io.dowding.etcd.Kv;
import io.dowding.etcd.Kv.Compare;
import io.dowding.etcd.Kv.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract that both a real etcd and the simulated one fulfil. */
public abstract class EtcdContract {

  private static final Duration TTL = Duration.ofSeconds(2);

  /** The base key. */
  protected final String parent = "/contract-" + UUID.randomUUID();

  private final String base = parent + "/secrets/";
  private Kv kv;

  /** A new client. */
  protected abstract Kv connect();

  /** Waits for the condition, or fails. */
  protected abstract void eventually(BooleanSupplier wanted);

  protected abstract void pass(Duration time);

  protected abstract void compact(long revision);

  @BeforeEach
  void begin() {
    kv = connect();
  }

  @AfterEach
  void end() {
    kv.close();
  }

  private String key(String name) {
    return base + name;
  }

  private long put(String name, String value) {
    return commit(new Write.Put(key(name), value, 0));
  }

  private long delete(String name) {
    return commit(new Write.Delete(key(name)));
  }

  private long commit(Write... writes) {
    Kv.Committed answer = kv.commit(List.of(), List.of(writes));
    assertThat(answer.succeeded()).isTrue();
    return answer.revision();
  }

  private List<String> names(Kv.Listing listing) {
    return listing.entries().stream().map(e -> e.key().substring(base.length())).toList();
  }

  private Kv.Listing all() {
    return kv.range(base, base + "\uffff", 0);
  }

  // conditions

  enum State {
    ABSENT,
    FRESH,
    REWRITTEN,
    DELETED,
    MADE_AGAIN
  }

  static Stream<Arguments> conditions() {
    return Stream.of(State.values())
        .flatMap(
            state ->
                Stream.of("created", "modified")
                    .flatMap(
                        kind ->
                            Stream.of("0", "created", "modified", "other")
                                .map(value -> Arguments.of(state, kind, value))));
  }

  @ParameterizedTest(name = "{0}: {1} revision compared with {2}")
  @MethodSource("conditions")
  @DisplayName("a condition holds only for the key's exact revision; 0 means no key")
  void condition(State state, String kind, String value) {
    long created = 0;
    long modified = 0;
    if (state != State.ABSENT) {
      created = put("k", "1");
      modified = created;
    }
    if (state == State.REWRITTEN) {
      modified = put("k", "2");
    }
    if (state == State.DELETED || state == State.MADE_AGAIN) {
      delete("k");
      created = 0;
      modified = 0;
    }
    if (state == State.MADE_AGAIN) {
      created = put("k", "3");
      modified = created;
    }
    long compared =
        switch (value) {
          case "0" -> 0;
          case "created" -> created;
          case "modified" -> modified;
          default -> modified + 1000;
        };
    Compare compare =
        kind.equals("created")
            ? new Compare.Created(key("k"), compared)
            : new Compare.Modified(key("k"), compared);
    long is = kind.equals("created") ? created : modified;

    Kv.Committed answer = kv.commit(List.of(compare), List.of(new Write.Put(key("x"), "y", 0)));

    assertThat(answer.succeeded()).isEqualTo(is == compared);
    assertThat(kv.get(key("x")) != null).isEqualTo(is == compared);
  }

  @Test
  @DisplayName("all conditions must hold")
  void conjunction() {
    put("a", "1");
    assertThat(
            kv.commit(
                    List.of(new Compare.Created(key("b"), 0), new Compare.Created(key("a"), 0)),
                    List.of())
                .succeeded())
        .isFalse();
  }

  @Test
  @DisplayName("a transaction without writes changes no revision")
  void asking() {
    long before = put("a", "1");
    Kv.Committed asked = kv.commit(List.of(new Compare.Modified(key("a"), before)), List.of());
    assertThat(asked.succeeded()).isTrue();
    assertThat(asked.revision()).isEqualTo(before);
  }

  @Test
  @DisplayName("a failed transaction changes no revision, and returns the current one")
  void refused() {
    long before = put("a", "1");
    Kv.Committed answer =
        kv.commit(
            List.of(new Compare.Created(key("a"), 0)), List.of(new Write.Put(key("a"), "2", 0)));
    assertThat(answer.succeeded()).isFalse();
    assertThat(answer.revision()).isEqualTo(before);
    assertThat(kv.get(key("a")).text()).isEqualTo("1");
  }

  // writes

  @Test
  @DisplayName("a key keeps its create revision, and gets the revision of its last write")
  void revisions() {
    long made = put("a", "1");
    long written = put("a", "2");
    assertThat(written).isEqualTo(made + 1);
    assertThat(kv.get(key("a")).created()).isEqualTo(made);
    assertThat(kv.get(key("a")).modified()).isEqualTo(written);
  }

  @Test
  @DisplayName("all writes of a transaction have the same revision")
  void together() {
    long at = commit(new Write.Put(key("a"), "1", 0), new Write.Put(key("b"), "2", 0));
    assertThat(kv.get(key("a")).modified()).isEqualTo(at);
    assertThat(kv.get(key("b")).modified()).isEqualTo(at);
  }

  @Test
  @DisplayName("deleting a missing key changes no revision")
  void deletesNothing() {
    long before = put("a", "1");
    assertThat(delete("b")).isEqualTo(before);
  }

  @Test
  @DisplayName("a deleted key is gone, and can be created again")
  void deletes() {
    long made = put("a", "1");
    delete("a");
    assertThat(kv.get(key("a"))).isNull();
    assertThat(put("a", "1")).isGreaterThan(made + 1);
    assertThat(kv.get(key("a")).created()).isGreaterThan(made);
  }

  @Test
  @DisplayName("the same key cannot be put twice at once")
  void twice() {
    assertThatThrownBy(
            () -> commit(new Write.Put(key("a"), "1", 0), new Write.Put(key("a"), "2", 0)))
        .isInstanceOf(EtcdException.class)
        .hasMessageContaining("duplicate key");
    assertThat(kv.get(key("a"))).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 128})
  @DisplayName("the largest transaction is accepted")
  void most(int count) {
    commit(writes(count));
    assertThat(all().entries()).hasSize(count);
  }

  @Test
  @DisplayName("more than 128 writes in a transaction are refused")
  void tooMany() {
    assertThatThrownBy(() -> commit(writes(129)))
        .isInstanceOf(EtcdException.class)
        .hasMessageContaining("too many operations");
  }

  private Write[] writes(int count) {
    return IntStream.range(0, count)
        .mapToObj(n -> new Write.Put(key("k" + n), "v", 0))
        .toArray(Write[]::new);
  }

  @Test
  @DisplayName("a value that is too large is refused")
  void tooLarge() {
    assertThatThrownBy(() -> put("a", "x".repeat(1_600_000)))
        .isInstanceOfSatisfying(
            EtcdException.class, refusal -> assertThat(refusal.isRefusal()).isTrue())
        .hasMessageContaining("too large");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "ünïcödé ✓", "{\"a\":1}", "line\nline"})
  @DisplayName("a value is read as it was written")
  void values(String value) {
    put("a", value);
    assertThat(kv.get(key("a")).text()).isEqualTo(value);
  }

  // lists

  @Test
  @DisplayName("keys are listed in order, without the end")
  void order() {
    put("b", "1");
    put("a", "1");
    put("c", "1");
    assertThat(names(kv.range(key("a"), key("c"), 0))).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 999, 1000, 1001, 2100})
  @DisplayName("a list of many keys contains each once")
  void many(int count) {
    for (int from = 0; from < count; from += 100) {
      int first = from;
      commit(
          IntStream.range(first, Math.min(count, first + 100))
              .mapToObj(n -> new Write.Put(key("k%05d".formatted(n)), "v", 0))
              .toArray(Write[]::new));
    }
    assertThat(names(all())).hasSize(count).doesNotHaveDuplicates().isSorted();
  }

  @Test
  @DisplayName("of the keys written after a revision, each is listed, and all are counted")
  void since() {
    put("a", "1");
    long then = put("b", "1");
    assertThat(kv.since(base, base + "\uffff", then))
        .matches(same -> same.entries().isEmpty() && same.count() == 2);

    put("c", "1");
    long now = put("a", "2");
    delete("b");
    Kv.Changes changes = kv.since(base, base + "\uffff", then);
    assertThat(changes.entries().stream().map(entry -> entry.key().substring(base.length())))
        .containsExactly("a", "c");
    assertThat(changes.entries().getFirst().text()).isEqualTo("2");
    assertThat(changes.count()).isEqualTo(2);
    assertThat(changes.revision()).isGreaterThan(now);
  }

  @Test
  @DisplayName("a list at an earlier revision shows the keys of that time")
  void past() {
    long then = put("a", "1");
    put("b", "1");
    put("a", "2");
    delete("a");
    Kv.Listing old = kv.range(base, base + "\uffff", then);
    assertThat(names(old)).containsExactly("a");
    assertThat(old.entries().getFirst().text()).isEqualTo("1");
    assertThat(old.revision()).isEqualTo(then);
  }

  @Test
  @DisplayName("a list without revision returns the current revision")
  void present() {
    long now = put("a", "1");
    assertThat(all().revision()).isEqualTo(now);
  }

  @Test
  @DisplayName("a future revision cannot be listed")
  void future() {
    long now = put("a", "1");
    assertThatThrownBy(() -> kv.range(base, base + "\uffff", now + 1000))
        .isInstanceOf(EtcdException.class)
        .hasMessageContaining("future revision");
  }

  @Test
  @DisplayName("a compacted revision cannot be listed; a later one can")
  void compacted() {
    long old = put("a", "1");
    put("a", "2");
    long now = put("a", "3");
    compact(now);
    assertThatThrownBy(() -> kv.range(base, base + "\uffff", old))
        .isInstanceOf(EtcdException.class)
        .hasMessageContaining("compacted");
    assertThat(kv.range(base, base + "\uffff", now).entries().getFirst().text()).isEqualTo("3");
  }

  // leases

  @Test
  @DisplayName("every lease has its own id")
  void leases() {
    assertThat(kv.grant(TTL)).isNotEqualTo(kv.grant(TTL)).isPositive();
  }

  @Test
  @DisplayName("revoking a lease deletes its keys, all at one revision")
  void revoked() {
    long lease = kv.grant(Duration.ofSeconds(60));
    commit(new Write.Put(key("a"), "1", lease), new Write.Put(key("b"), "1", lease));
    long before = put("c", "1");
    kv.revoke(lease);
    assertThat(names(all())).containsExactly("c");
    assertThat(all().revision()).isEqualTo(before + 1);
  }

  @Test
  @DisplayName("revoking a lease without keys changes no revision")
  void emptyLease() {
    long lease = kv.grant(Duration.ofSeconds(60));
    long before = put("c", "1");
    kv.revoke(lease);
    assertThat(all().revision()).isEqualTo(before);
  }

  @Test
  @DisplayName("a lease expires")
  void expires() {
    long lease = kv.grant(TTL);
    commit(new Write.Put(key("a"), "1", lease));
    eventually(() -> kv.get(key("a")) == null);
    assertThat(kv.renew(lease, Duration.ofSeconds(2))).isFalse();
  }

  @Test
  @DisplayName("a renewed lease continues")
  void renewed() {
    long lease = kv.grant(TTL);
    commit(new Write.Put(key("a"), "1", lease));
    for (int n = 0; n < 4; n++) {
      pass(TTL.dividedBy(2));
      assertThat(kv.renew(lease, Duration.ofSeconds(2))).isTrue();
    }
    assertThat(kv.get(key("a"))).isNotNull();
  }

  @Test
  @DisplayName("a revoked lease cannot be renewed; revoking it again is no error")
  void notRenewed() {
    long lease = kv.grant(TTL);
    kv.revoke(lease);
    assertThat(kv.renew(lease, Duration.ofSeconds(2))).isFalse();
    kv.revoke(lease);
  }

  @Test
  @DisplayName("a key cannot be bound to a missing lease")
  void unknownLease() {
    assertThatThrownBy(() -> commit(new Write.Put(key("a"), "1", 4242)))
        .isInstanceOf(EtcdException.class)
        .hasMessageContaining("lease not found");
  }

  @Test
  @DisplayName("a key written without its lease is detached from it")
  void detached() {
    long lease = kv.grant(Duration.ofSeconds(60));
    commit(new Write.Put(key("a"), "1", lease));
    put("a", "2");
    kv.revoke(lease);
    assertThat(kv.get(key("a"))).isNotNull();
  }

  @Test
  @DisplayName("of two keys with leases, the older one stays older")
  void election() {
    long one = kv.grant(Duration.ofSeconds(60));
    long two = kv.grant(Duration.ofSeconds(60));
    long first = commit(new Write.Put(key("z"), "1", one));
    long second = commit(new Write.Put(key("a"), "2", two));
    kv.renew(two, Duration.ofSeconds(2));
    assertThat(kv.get(key("z")).created()).isEqualTo(first).isLessThan(second);
    kv.revoke(one);
    assertThat(names(all())).containsExactly("a");
  }

  // watches

  /** Records what a watch reported: {@code name=value}, {@code -name}, or {@code ended}. */
  private static final class Recorder implements Kv.Watching {
    private final String base;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final List<List<String>> batches = new CopyOnWriteArrayList<>();
    private final List<Long> headers = new CopyOnWriteArrayList<>();

    Recorder(String base) {
      this.base = base;
    }

    @Override
    public void changed(long revision, List<Kv.Change> changes) {
      headers.add(revision);
      List<String> batch = new ArrayList<>();
      for (Kv.Change change : changes) {
        String name = change.key().substring(base.length());
        batch.add(change.entry() == null ? "-" + name : name + "=" + change.entry().text());
      }
      lines.addAll(batch);
      batches.add(batch);
    }

    @Override
    public void ended(String why) {
      lines.add("ended: " + why);
    }
  }

  private Recorder watch(long from, List<Kv.Watcher> opened) {
    Recorder recorder = new Recorder(base);
    opened.add(kv.watch(base, base + "\uffff", from, recorder));
    eventually(() -> !recorder.headers.isEmpty() || !recorder.lines.isEmpty());
    return recorder;
  }

  private final List<Kv.Watcher> watchers = new ArrayList<>();

  @AfterEach
  void closeWatchers() {
    watchers.forEach(Kv.Watcher::close);
  }

  @Test
  @DisplayName("a watch reports immediately that it has started, and at which revision")
  void begins() {
    long now = put("a", "1");
    assertThat(watch(now + 1, watchers).headers.getFirst()).isGreaterThanOrEqualTo(now);
  }

  @Test
  @DisplayName("a watch reports creates, updates and deletes in order")
  void tells() {
    Recorder recorder = watch(all().revision() + 1, watchers);
    put("a", "1");
    put("a", "2");
    delete("a");
    eventually(() -> recorder.lines.size() == 3);
    assertThat(recorder.lines).containsExactly("a=1", "a=2", "-a");
  }

  @Test
  @DisplayName("a watch from an earlier revision reports everything since")
  void catchesUp() {
    long first = put("a", "1");
    put("b", "1");
    delete("a");
    Recorder recorder = watch(first, watchers);
    eventually(() -> recorder.lines.size() == 3);
    assertThat(recorder.lines).containsExactly("a=1", "b=1", "-a");
  }

  @Test
  @DisplayName("a watch from the revision after a list neither misses nor repeats changes")
  void continues() {
    put("a", "1");
    long listed = all().revision();
    put("b", "1");
    Recorder recorder = watch(listed + 1, watchers);
    put("c", "1");
    eventually(() -> recorder.lines.size() == 2);
    assertThat(recorder.lines).containsExactly("b=1", "c=1");
  }

  @Test
  @DisplayName("changes of one transaction arrive together")
  void atOnce() {
    Recorder recorder = watch(all().revision() + 1, watchers);
    commit(new Write.Put(key("a"), "1", 0), new Write.Put(key("b"), "1", 0));
    eventually(() -> recorder.lines.size() == 2);
    assertThat(recorder.batches).anyMatch(batch -> batch.size() == 2);
  }

  @Test
  @DisplayName("a watch does not report keys outside its range")
  void range() {
    Recorder recorder = watch(all().revision() + 1, watchers);
    kv.commit(List.of(), List.of(new Write.Put("/elsewhere" + base, "1", 0)));
    put("a", "1");
    eventually(() -> !recorder.lines.isEmpty());
    assertThat(recorder.lines).containsExactly("a=1");
  }

  @Test
  @DisplayName("a failed or empty transaction is not reported")
  void silent() {
    put("a", "1");
    Recorder recorder = watch(all().revision() + 1, watchers);
    kv.commit(List.of(new Compare.Created(key("a"), 0)), List.of(new Write.Put(key("a"), "2", 0)));
    delete("b");
    put("c", "1");
    eventually(() -> !recorder.lines.isEmpty());
    assertThat(recorder.lines).containsExactly("c=1");
  }

  @Test
  @DisplayName("a watch reports keys that were deleted with their lease")
  void leaseEnds() {
    long lease = kv.grant(TTL);
    commit(new Write.Put(key("a"), "1", lease));
    Recorder recorder = watch(all().revision() + 1, watchers);
    eventually(() -> recorder.lines.contains("-a"));
  }

  @Test
  @DisplayName("a watch answers a progress request")
  void progress() {
    Recorder recorder = watch(all().revision() + 1, watchers);
    int before = recorder.headers.size();
    watchers.getFirst().requestProgress();
    eventually(() -> recorder.headers.size() > before);
    assertThat(recorder.lines).isEmpty();
  }

  @Test
  @DisplayName("a watch from a compacted revision ends with an error")
  void compactedWatch() {
    long old = put("a", "1");
    put("a", "2");
    long now = put("a", "3");
    compact(now);
    Recorder recorder = watch(old, watchers);
    eventually(() -> recorder.lines.stream().anyMatch(line -> line.startsWith("ended")));
    assertThat(recorder.lines).anyMatch(line -> line.contains("compacted"));
  }

  @Test
  @DisplayName("a watch from a future revision is silent, and its revision shows it")
  void futureWatch() {
    long now = put("a", "1");
    Recorder recorder = watch(now + 3, watchers);
    assertThat(recorder.headers.getFirst()).isLessThan(now + 3);
    put("b", "1");
    put("c", "1");
    put("d", "1");
    eventually(() -> !recorder.lines.isEmpty());
    assertThat(recorder.lines).containsExactly("d=1");
  }

  @Test
  @DisplayName("two watches both report everything")
  void both() {
    long from = all().revision() + 1;
    Recorder one = watch(from, watchers);
    Recorder two = watch(from, watchers);
    put("a", "1");
    eventually(() -> !one.lines.isEmpty() && !two.lines.isEmpty());
    assertThat(one.lines).isEqualTo(two.lines);
  }

  @Test
  @DisplayName("a closed watch reports nothing")
  void closed() {
    long from = all().revision() + 1;
    Recorder one = watch(from, watchers);
    Recorder two = watch(from, watchers);
    watchers.getFirst().close();
    pass(Duration.ofSeconds(1));
    put("a", "1");
    eventually(() -> !two.lines.isEmpty());
    assertThat(one.lines).isEmpty();
  }
}
