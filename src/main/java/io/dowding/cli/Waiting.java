package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * Waits until services are good, or one has failed. Shows a table of the jobs: live on a terminal,
 * else a line for each change.
 */
final class Waiting {

  private static final Duration AGAIN = Duration.ofMillis(250);

  private final EtcdKeys keys;
  private final Output talk;
  private final boolean quiet;
  private final Consumer<String> next;

  /**
   * @param quiet to show nothing but the reason of a failure
   * @param next tells people what to run next
   */
  Waiting(EtcdKeys keys, Output talk, boolean quiet, Consumer<String> next) {
    this.keys = keys;
    this.talk = talk;
    this.quiet = quiet;
    this.next = next;
  }

  /** Returns the exit status: 0 when all are good, 1 if one has failed, 3 after a timeout. */
  int forAll(Collection<String> services, Duration limit) throws Exception {
    return forAll(services, Expected.NOTHING, limit);
  }

  /** The same, until what else is expected is there, too. */
  int forAll(Collection<String> services, Expected expected, Duration limit) throws Exception {
    long begin = System.nanoTime();
    List<Progress> shown = List.of();
    Patience patience = new Patience(talk);
    boolean begun = false;
    while (true) {
      List<Progress> seen = patience.look(() -> look(services, expected));
      List<Progress> now = seen == null ? shown : seen;
      if (!now.equals(shown)) {
        show(now);
        shown = now;
      }
      List<Progress> failed =
          now.stream().filter(one -> one.outcome() == Progress.Outcome.FAILED).toList();
      if (!failed.isEmpty()) {
        failed.forEach(one -> talk.line(one.service() + " failed: " + one.reason()));
        next.accept("status " + failed.getFirst().service());
        return DowdingCommand.NO;
      }
      if (seen != null && now.stream().allMatch(one -> one.outcome() == Progress.Outcome.GOOD)) {
        return 0;
      }
      if (seen != null && !begun) {
        begun = true;
        if (!isAgentThere()) {
          talk.line("no agent is running now, so nothing changes until one is started");
        }
      }
      if (System.nanoTime() - begin > limit.toNanos()) {
        gaveUp(now, limit);
        return DowdingCommand.TIMED_OUT;
      }
      Thread.sleep(AGAIN);
    }
  }

  private void gaveUp(List<Progress> now, Duration limit) {
    List<Progress> open = now.stream().filter(one -> one.outcome() == null).toList();
    for (Progress one : open) {
      talk.line(
          one.service()
              + " is not good after "
              + Ages.of(limit)
              + ": "
              + one.state()
              + (one.reason().isEmpty() ? "" : ": " + one.reason()));
    }
    talk.line(
        isAgentThere()
            ? "the rollout continues; only the waiting has stopped"
            : "no agent is running; the rollout continues once one is started");
    if (!open.isEmpty()) {
      next.accept("wait " + String.join(" ", open.stream().map(Progress::service).toList()));
    }
  }

  private boolean isAgentThere() {
    return isAgentThere(keys);
  }

  /** A user who may not ask is not troubled with it; nor is one whose etcd does not answer. */
  static boolean isAgentThere(EtcdKeys keys) {
    try {
      return !keys.candidates().isEmpty();
    } catch (EtcdException unknown) {
      return true;
    }
  }

  private List<Progress> look(Collection<String> services, Expected expected) throws Exception {
    List<Progress> now = new ArrayList<>();
    for (String service : services) {
      now.add(progress(service, expected));
    }
    return now;
  }

  private Progress progress(String service, Expected expected) throws Exception {
    long generation = keys.get(Key.SERVICES + service).map(EtcdKeys.Value::revision).orElse(0L);
    long good = good(service, generation);
    JsonNode status = read(Key.SERVICE_STATUS + service);
    if (generation == 0 && status instanceof ObjectNode object && isHeld(service)) {
      object.put("state", Progress.HELD);
    }
    return Progress.of(service, generation, good, status, expected);
  }

  /** Whether its removal waits for a person. */
  private boolean isHeld(String service) throws Exception {
    String held = read(Key.HOLDS + "deletions").path("held").asText("");
    return List.of(held.split(", ", -1)).contains(service);
  }

  /** The generation that was good last; a user who may not read it relies on the state alone. */
  private long good(String service, long generation) throws Exception {
    try {
      return read(Key.VERSIONS + service).path("good").path("generation").asLong();
    } catch (EtcdException failed) {
      if (failed.isRefusal()) {
        return generation;
      }
      throw failed;
    }
  }

  private JsonNode read(String key) throws Exception {
    String value = keys.get(key).map(EtcdKeys.Value::text).orElse("");
    return value.isEmpty() ? MissingNode.getInstance() : DowdingCommand.written(value);
  }

  private void show(List<Progress> now) {
    if (quiet) {
      return;
    }
    Table table = new Table("SERVICE", "STATE", "OLD", "NEW", "GOOD", "FAILED", "DETAILS");
    for (Progress one : now) {
      table.row(
          one.service(),
          Cell.state(one.state()),
          one.old(),
          one.fresh(),
          one.good(),
          one.failed(),
          one.reason());
    }
    talk.replace(table);
  }
}
