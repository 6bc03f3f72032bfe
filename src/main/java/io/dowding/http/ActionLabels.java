package io.dowding.http;

import io.dowding.control.Event;
import io.dowding.control.Event.Outcome;
import io.dowding.plan.Action;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Actions and their results in one word each. */
final class ActionLabels {

  private static final String DONE = "done";
  private static final String FAILED = "failed";

  private ActionLabels() {}

  static String kind(Action action) {
    return switch (action) {
      case Action.OnHost call -> call.verb();
      case Action.Allocate _ -> "allocate";
      case Action.WritePin _ -> "pin";
      case Action.Publish _ -> "publish";
      case Action.Keep _ -> "keep";
      case Action.Claim _ -> "claim";
      case Action.ListAgain _ -> "list";
      case Action.Remember _ -> "remember";
    };
  }

  /** {@code done}, or what kept it from being done. */
  static String result(@Nullable Event ended) {
    return switch (ended) {
      case Event.CallEnded call -> result(call.outcome());
      case Event.Allocated allocated when allocated.revision() == 0 -> "conflict";
      case Event.Allocated allocated -> word(allocated.revision() > 0);
      case Event.PinWritten pin -> word(pin.done());
      case Event.Written written -> word(written.done());
      case Event.Claimed claimed -> word(claimed.done());
      case null, default -> DONE;
    };
  }

  private static String result(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done _, Outcome.Pulled _, Outcome.Resolved _ -> DONE;
      case Outcome.Changed _ -> "changed";
      case Outcome.Failed failed -> failed.fault().name().toLowerCase(Locale.ROOT);
    };
  }

  private static String word(boolean done) {
    return done ? DONE : FAILED;
  }
}
