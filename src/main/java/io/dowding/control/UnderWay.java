package io.dowding.control;

import io.dowding.plan.Action;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls to hosts that have begun, and jobs that wait for news after one ended. */
final class UnderWay {

  private final Changed changed;
  private final Set<String> busy = new HashSet<>();
  private final Map<String, String> progress = new HashMap<>();
  private final Map<String, Instant> resting = new HashMap<>();
  private final Map<String, Integer> calls = new HashMap<>();

  UnderWay(Changed changed) {
    this.changed = changed;
  }

  void began(Action.OnHost action) {
    busy.add(action.job());
    progress.remove(action.job());
    calls.merge(action.host(), 1, Integer::sum);
    changed.job(action.job());
  }

  void ended(Action.OnHost action) {
    busy.remove(action.job());
    progress.remove(action.job());
    calls.computeIfPresent(action.host(), (h, count) -> count == 1 ? null : count - 1);
    changed.job(action.job());
    changed.slot(action.host());
  }

  /** How far the call for this job is. */
  void progressed(String job, String text) {
    if (busy.contains(job)) {
      progress.put(job, text);
      changed.job(job);
    }
  }

  /** The job is not planned again before then. */
  void rest(String job, Instant until) {
    resting.put(job, until);
  }

  /** The same, with what its status says meanwhile. */
  void rest(String job, Instant until, String why) {
    rest(job, until);
    progress.put(job, why);
  }

  /** Its host answers: the job need not wait any longer. */
  void endRest(String job) {
    if (resting.remove(job) != null) {
      changed.job(job);
    }
  }

  void endRests(Instant now) {
    for (Iterator<Map.Entry<String, Instant>> rests = resting.entrySet().iterator();
        rests.hasNext(); ) {
      Map.Entry<String, Instant> rest = rests.next();
      if (!now.isBefore(rest.getValue())) {
        changed.job(rest.getKey());
        rests.remove();
      }
    }
  }

  /** When a job that waits for news may be planned again, or null. */
  @Nullable Instant restsUntil() {
    return resting.values().stream().min(Instant::compareTo).orElse(null);
  }

  /** Whether a call for this job has not ended, or it waits for news. */
  boolean isBusy(String job) {
    return busy.contains(job) || resting.containsKey(job);
  }

  /** How many calls each host has. */
  Map<String, Integer> calls() {
    return calls;
  }

  /** What the status says of jobs with a call under way. */
  Map<String, String> progress() {
    return progress;
  }
}
