package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Membership;
import io.dowding.model.Names;
import io.dowding.model.Networks;
import io.dowding.model.Service.OnUnhealthy;
import io.dowding.model.Service.PinRule;
import io.dowding.model.Service.Reschedule;
import io.dowding.model.Service.Restart;
import io.dowding.model.Service.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code x-dowding}: extensions that Compose does not have. */
final class ExtrasReader {

  /** Registries limit how often they are asked. */
  private static final Duration LEAST_FOLLOW = Duration.ofSeconds(10);

  private final Fields extras;

  ExtrasReader(Fields extras) {
    this.extras = extras;
  }

  PinRule pin() {
    PinRule pin =
        extras.text(
            "pin",
            "a hostname, auto or none",
            text ->
                switch (text) {
                  case "auto" -> new PinRule.Auto();
                  case "none" -> new PinRule.None();
                  default -> Names.isHostname(text) ? new PinRule.ToHost(text) : null;
                });
    return pin == null ? new PinRule.Auto() : pin;
  }

  @Nullable String parent() {
    return extras.text("parent", "a job or service", id -> Names.isJob(id) ? id : null);
  }

  boolean exclusive() {
    return extras.flag("exclusive");
  }

  Reschedule reschedule() {
    Reschedule reschedule =
        extras.text(
            "reschedule",
            "never, or a duration such as 5m",
            text -> {
              if (text.equals("never")) {
                return new Reschedule.Never();
              }
              Duration down = Texts.duration(text);
              return down == null ? null : new Reschedule.After(down);
            });
    return reschedule == null ? new Reschedule.Default() : reschedule;
  }

  boolean running() {
    Boolean running =
        extras.text(
            "state",
            "running or stopped",
            text ->
                switch (text) {
                  case "running" -> true;
                  case "stopped" -> false;
                  default -> null;
                });
    return running == null || running;
  }

  OnUnhealthy onUnhealthy() {
    OnUnhealthy word =
        extras.text(
            "unhealthy",
            "restart, replace or ignore",
            text ->
                switch (text) {
                  case "restart" -> OnUnhealthy.RESTART;
                  case "replace" -> OnUnhealthy.REPLACE;
                  case "ignore" -> OnUnhealthy.IGNORE;
                  default -> null;
                });
    return word == null ? OnUnhealthy.RESTART : word;
  }

  Strategy strategy() {
    Strategy strategy =
        extras.text(
            "strategy",
            "spread or binpack",
            text ->
                switch (text) {
                  case "spread" -> Strategy.SPREAD;
                  case "binpack" -> Strategy.BINPACK;
                  default -> null;
                });
    return strategy == null ? Strategy.SPREAD : strategy;
  }

  /** How often to check whether the tag of the image points to another digest; zero for never. */
  static Duration follow(Fields extras) {
    Duration follow =
        extras.text(
            "follow",
            "off, or a duration of 10s or more, such as 15m",
            text -> {
              Duration every = text.equals("off") ? Duration.ZERO : Texts.duration(text);
              return every != null && (every.isZero() || every.compareTo(LEAST_FOLLOW) >= 0)
                  ? every
                  : null;
            });
    return follow == null ? Duration.ZERO : follow;
  }

  double weight() {
    JsonNode weight = extras.get("weight");
    if (weight == null) {
      return 1;
    }
    if (!weight.isNumber() || weight.asDouble() < 0 || weight.asDouble() > 1000) {
      extras.problem("weight", Fields.show(weight) + " is not a number from 0 to 1000");
      return 1;
    }
    return weight.asDouble();
  }

  /** The project's own networks: those with its name as a prefix, and those in own_networks. */
  Membership membership(ContainerSpec container) {
    JsonNode project = extras.get("project");
    boolean together = extras.flag("together", true);
    List<String> named = extras.list("own_networks");
    String name = project == null ? "" : project.asText();
    if (name.isEmpty()) {
      return new Membership("", Set.of(), together);
    }
    Set<String> own = new TreeSet<>();
    for (String network : Networks.names(container)) {
      if (network.startsWith(name + "_")
          || named.contains(network)
          || Networks.options(container).containsKey(network)) {
        own.add(network);
      }
    }
    return new Membership(name, own, together);
  }

  /** The commands {@code restart} and {@code rebalance} write them. */
  Map<String, Restart> restarts(String service) {
    Map<String, Restart> restarts = new TreeMap<>();
    Fields given = extras.object("restart");
    for (String job : given.names()) {
      boolean isJob = job.startsWith(service + ".");
      if (!job.equals(service) && !isJob) {
        given.problem(job, "is neither this service nor one of its jobs");
      } else if (isJob && given.get(job) instanceof ObjectNode) {
        Fields move = given.object(job);
        long upTo = move.number("up_to", 0, 1, Long.MAX_VALUE);
        String host = move.text("host", "a hostname", text -> Names.isHostname(text) ? text : null);
        move.refuseOthers();
        restarts.put(job, new Restart(upTo, host));
      } else {
        restarts.put(job, new Restart(given.number(job, 0, 1, Long.MAX_VALUE), null));
      }
    }
    return restarts;
  }

  /** {@code up --prune} and {@code down} remove these keys. */
  private void checkContents() {
    for (String key : extras.list("contents")) {
      if (!Names.isContentKey(key)) {
        extras.problem(
            "contents",
            Fields.quote(key) + " is not the key of a config or secret, such as configs/site");
      }
    }
  }

  void refuseOthers() {
    checkContents();
    // Read together with the fields that they belong to.
    List.of(
            "volumes",
            "networks",
            "configs",
            "secrets",
            "restart",
            "pin_digest",
            "follow",
            "project",
            "together",
            "own_networks")
        .forEach(extras::get);
    extras.refuseOthers();
  }
}
