package io.dowding.control;

import io.dowding.control.Event.Outcome;
import io.dowding.keys.Key;
import io.dowding.plan.Action;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs every change to a container or a pin with its outcome, to the logger {@value #LOGGER}, as
 * key-value pairs that an appender writes as JSON. Thread-safe.
 */
public final class Audit {

  public static final String LOGGER = "dowding.audit";

  private static final Logger log = LoggerFactory.getLogger(LOGGER);

  void ended(Action action, @Nullable Event ended) {
    switch (action) {
      case Action.Look _, Action.Resolve _ -> {}
      case Action.OnHost call when ended instanceof Event.CallEnded(var _, Outcome outcome) ->
          write(call(call, outcome));
      case Action.WritePin pin when ended instanceof Event.PinWritten(var _, boolean done) ->
          write(pin(pin, done));
      default -> {}
    }
  }

  private static Map<String, Object> pin(Action.WritePin pin, boolean done) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("action", "pin");
    line.put("key", Key.PINS + pin.job());
    line.put("revision", pin.expectedRevision());
    line.put("host", pin.pin().hostname());
    line.put("reason", pin.reason());
    line.put("outcome", done ? "done" : "not written");
    return line;
  }

  private static Map<String, Object> call(Action.OnHost call, Outcome outcome) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("action", call.verb());
    line.put("host", call.host());
    line.put("job", call.job());
    switch (call) {
      case Action.Create create -> {
        line.put("key", Key.SERVICES + create.record().service());
        line.put("revision", create.record().generation());
        line.put("incarnation", create.record().incarnation());
      }
      case Action.Signal signal -> {
        basis(line, signal.basis(), signal.container());
        line.put("signal", signal.signal());
      }
      case Action.Remove remove -> basis(line, remove.basis(), remove.container());
      case Action.Start start -> line.put("container", start.container());
      case Action.Connect connect -> {
        line.put("container", connect.container());
        line.put("networks", String.join(", ", connect.networks().keySet()));
      }
      case Action.SetRestart set -> {
        line.put("container", set.container());
        line.put("restart", set.policy().kind().word());
      }
      case Action.Pull pull -> line.put("image", pull.image());
      case Action.Exec exec -> {
        line.put("container", exec.container());
        line.put("hooks", exec.hooks());
      }
      case Action.Look look -> line.put("container", look.container());
      case Action.Resolve resolve -> line.put("image", resolve.image());
    }
    line.put("reason", call.reason());
    switch (outcome) {
      case Outcome.Done(String id, var _, var _) -> {
        if (call instanceof Action.Create) {
          line.put("container", id);
        }
        line.put("outcome", "done");
      }
      case Outcome.Pulled(String digest) -> digest(line, digest);
      case Outcome.Resolved(String digest) -> digest(line, digest);
      case Outcome.Changed _ -> {
        line.put("outcome", "stale");
        line.put("error", "the container has changed");
      }
      case Outcome.Failed(var fault, String error, var _) -> {
        line.put("outcome", fault.name().toLowerCase(Locale.ROOT));
        line.put("error", error);
      }
    }
    return line;
  }

  private static void digest(Map<String, Object> line, String digest) {
    line.put("outcome", "done");
    line.put("digest", digest);
  }

  private static void basis(Map<String, Object> line, Action.Basis basis, String container) {
    line.put("key", Key.SERVICES + basis.service());
    line.put("revision", basis.generation());
    line.put("container", container);
  }

  private static void write(Map<String, Object> fields) {
    LoggingEventBuilder line = log.atInfo();
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      line = line.addKeyValue(field.getKey(), field.getValue());
    }
    line.log("audit");
  }
}
