package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a service is from what its key says.
 *
 * @param old jobs still to be replaced
 * @param fresh jobs that are as they should be, good or not
 * @param failed jobs of the present definition
 * @param outcome null while it may still become good
 * @param reason the state in words
 */
record Progress(
    String service,
    String state,
    int old,
    int fresh,
    int good,
    int failed,
    @Nullable Outcome outcome,
    String reason) {

  /** How it ended. */
  enum Outcome {
    GOOD,
    FAILED
  }

  /** The state of a removed service whose jobs stay until a person confirms the removal. */
  static final String HELD = "held";

  /** After this many failures in a row, the next one is not worth waiting for. */
  private static final int FAILURES = 3;

  private static final List<String> DONE = List.of("running", "completed", "stopped");

  /**
   * @param generation of its key; 0 if there is none
   * @param good the generation whose jobs were all good last; 0 if none were
   * @param status as the agent last wrote it; missing before it has looked
   * @param expected what its key does not say
   */
  static Progress of(
      String service, long generation, long good, JsonNode status, Expected expected) {
    String state = status.path("state").asText("unknown");
    if (generation == 0) {
      boolean gone = status.isMissingNode();
      boolean held = state.equals(HELD);
      return new Progress(
          service,
          gone ? "removed" : state,
          0,
          0,
          0,
          0,
          gone ? Outcome.GOOD : held ? Outcome.FAILED : null,
          held ? "held: dowding release deletions" : "");
    }
    boolean seen = status.path("generation").asLong() == generation;
    if (!seen) {
      return new Progress(service, "waiting", 0, 0, 0, 0, null, "no agent has looked at it yet");
    }
    JsonNode update = status.path("update");
    int up = 0;
    int old = 0;
    int failures = 0;
    String failure = "";
    for (Map.Entry<String, JsonNode> job : status.path("jobs").properties()) {
      JsonNode is = job.getValue();
      if (expected.isOld(job.getKey(), is)) {
        old++;
      } else if (is.path("state").asText().equals("running")) {
        up++;
      } else if (is.path("restarts").asInt() >= FAILURES) {
        failures++;
        failure = job.getKey() + ": " + is.path("lastError").asText(is.path("reason").asText());
      }
    }
    // Only the digest was rolled back; the definition is as asked.
    boolean isBack =
        update.has("failedDigest") && update.path("state").asText().equals("rolled back");
    JsonNode counts = update.path("jobs");
    int desired = status.path("desired").asInt();
    Outcome outcome = null;
    String reason = reason(status);
    if (state.equals("invalid") || isGivenUp(update)) {
      outcome = Outcome.FAILED;
    } else if (failures > 0) {
      outcome = Outcome.FAILED;
      reason = failure;
    } else if (old == 0
        && (isBack || !update.has("state"))
        && DONE.contains(state)
        && (isBack || good == generation || desired == 0 || !state.equals("running"))) {
      outcome = Outcome.GOOD;
    }
    return counts.isObject()
        ? new Progress(
            service,
            state,
            Math.max(old, counts.path("old").asInt()),
            counts.path("replaced").asInt(),
            counts.path("good").asInt(),
            counts.path("failed").asInt(),
            outcome,
            reason)
        : new Progress(
            service, state, old, Math.max(0, desired - old), up, failures, outcome, reason);
  }

  /** Nothing more happens until the definition changes. */
  private static boolean isGivenUp(JsonNode update) {
    return !update.has("failedDigest")
        && List.of("paused", "rolling back", "rolled back").contains(update.path("state").asText());
  }

  private static String reason(JsonNode status) {
    String message = status.path("message").asText("");
    if (!message.isEmpty()) {
      return message;
    }
    for (Map.Entry<String, JsonNode> job : status.path("jobs").properties()) {
      String reason = job.getValue().path("reason").asText("");
      if (!reason.isEmpty()) {
        return job.getKey() + ": " + reason;
      }
    }
    return "";
  }
}
