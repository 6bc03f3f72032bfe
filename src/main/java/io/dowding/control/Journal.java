package io.dowding.control;

import io.dowding.control.Event.Outcome;
import io.dowding.keys.Key;
import io.dowding.keys.Parsed;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.StoreChange;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs events and actions: constant messages, followed by fields. */
final class Journal {

  private static final Logger log = LoggerFactory.getLogger("dowding");

  private static final String UP = "running";

  private final Map<String, String> hosts = new HashMap<>();
  private final Map<String, String> services = new HashMap<>();
  private Set<String> observed = Set.of();
  private String store = "";
  private boolean leads;

  void failed(Throwable bug) {
    log.error("internal error, please report it", bug);
  }

  void leads(boolean now) {
    if (now != leads) {
      leads = now;
      log.info(now ? "this agent leads" : "this agent does not lead and changes nothing");
    }
  }

  /** Logs what a leader would do, once per change. */
  void would(List<Action> actions) {
    List<String> wishes = actions.stream().flatMap(action -> lines(action).stream()).toList();
    wishes.stream()
        .filter(wish -> !observed.contains(wish))
        .forEach(wish -> log.info("would {}", wish));
    observed = Set.copyOf(wishes);
  }

  private static List<String> lines(Action action) {
    return switch (action) {
      case Action.Allocate allocate ->
          allocate.changes().stream()
              .map(
                  change ->
                      (change instanceof Action.Change.Put ? "place " : "forget ")
                          + change.record().job()
                          + " on "
                          + change.record().host()
                          + ": "
                          + change.record().reason())
              .toList();
      case Action.WritePin pin ->
          List.of("pin " + pin.job() + " to " + pin.pin().hostname() + ": " + pin.reason());
      case Action.Look _, Action.Resolve _ -> List.of();
      case Action.Write _, Action.Claim _, Action.ListAgain _, Action.Remember _ -> List.of();
      case Action.OnHost call ->
          List.of(call.verb() + " " + call.job() + " on " + call.host() + ": " + call.reason());
    };
  }

  void decided(Action action) {
    switch (action) {
      case Action.Allocate allocate ->
          allocate
              .changes()
              .forEach(
                  change -> {
                    var record = change.record();
                    switch (change) {
                      case Action.Change.Put _ ->
                          log.info(
                              "place job={} host={} reason=\"{}\"",
                              record.job(),
                              record.host(),
                              record.reason());
                      case Action.Change.Forget(var _, String why) ->
                          log.info(
                              "forget job={} host={} reason=\"{}\"",
                              record.job(),
                              record.host(),
                              why);
                    }
                  });
      case Action.WritePin pin ->
          log.info(
              "pin job={} host={} reason=\"{}\"", pin.job(), pin.pin().hostname(), pin.reason());
      case Action.Write write -> write.values().forEach(this::published);
      case Action.Remember _, Action.ListAgain _ -> log.debug("{}", action.reason());
      case Action.Claim claim ->
          log.info(
              "this etcd now belongs to cluster {} (age at least {})", claim.uuid(), claim.floor());
      case Action.Look look ->
          log.debug("look job={} host={} reason=\"{}\"", look.job(), look.host(), look.reason());
      case Action.Resolve look -> log.debug("look up image={} host={}", look.image(), look.host());
      case Action.OnHost call ->
          log.info(
              "{} job={} host={} reason=\"{}\"",
              call.verb(),
              call.job(),
              call.host(),
              call.reason());
    }
  }

  /** Says once that a service is up. */
  private void published(String key, Optional<Object> value) {
    if (!key.startsWith(Key.SERVICE_STATUS)) {
      return;
    }
    String service = key.substring(Key.SERVICE_STATUS.length());
    if (!(value.orElse(null) instanceof ServiceStatus status)) {
      services.remove(service);
      return;
    }
    String before = services.put(service, status.state());
    if (status.state().equals(UP) && before != null && !before.equals(UP)) {
      log.info("service up service={} jobs={}", service, status.running());
    }
  }

  void happened(Event event) {
    switch (event) {
      case Event.StoreListed listed -> {
        store = "up";
        log.info("etcd listed keys={} revision={}", listed.keys().size(), listed.revision());
        listed.keys().forEach(Journal::unusable);
      }
      case Event.StoreChanged changed -> changed.changes().forEach(Journal::unusable);
      case Event.StoreLost(String why) -> {
        if (!why.equals(store)) {
          store = why;
          log.warn("etcd unavailable, nothing changes reason=\"{}\"", why);
        }
      }
      case Event.NotStanding(String why) -> log.warn("no longer a candidate reason=\"{}\"", why);
      case Event.HostListed listed -> {
        if (!"up".equals(hosts.put(listed.host(), "up"))) {
          log.info(
              "host listed host={} containers={} engine={}",
              listed.host(),
              listed.containers().size(),
              listed.engine().version());
        }
      }
      case Event.HostLost(String host, String why) -> {
        if (!why.equals(hosts.put(host, why))) {
          log.warn("host lost host={} reason=\"{}\"", host, why);
        }
      }
      case Event.CallEnded(Action.OnHost call, Outcome.Failed(Fault fault, String error, var _)) ->
          log.warn(
              "{} failed job={} host={} fault={} error=\"{}\"",
              call.verb(),
              call.job(),
              call.host(),
              fault,
              error);
      default -> {}
    }
  }

  private static void unusable(StoreChange change) {
    switch (change) {
      case StoreChange.OfService(String name, Parsed.Invalid<?>(String problem), var _, long _) ->
          ignored(Key.SERVICES + name, problem);
      case StoreChange.OfPin(String subject, Parsed.Invalid<?>(String problem), long _) ->
          ignored(Key.PINS + subject, problem);
      case StoreChange.OfHostWord(String host, Parsed.Invalid<?>(String problem), long _) ->
          ignored(Key.HOSTS + host, problem);
      case StoreChange.OfAllocation(String job, Parsed.Invalid<?>(String problem), long _) ->
          ignored(Key.ALLOCATIONS + job, problem);
      case StoreChange.OfInventory(String host, Parsed.Invalid<?>(String problem), long _) ->
          ignored(Key.INVENTORY + host, problem);
      case StoreChange.OfNothing(String key, String problem, long _) when problem != null ->
          ignored(key, problem);
      default -> {}
    }
  }

  private static void ignored(String key, String problem) {
    log.error(
        "unusable key, the previous value stays in effect key={} problem=\"{}\"", key, problem);
  }
}
