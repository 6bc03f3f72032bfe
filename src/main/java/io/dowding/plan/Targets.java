package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Reach;
import io.dowding.model.Service;
import io.dowding.model.Service.Reschedule;
import io.dowding.placement.Candidate;
import io.dowding.placement.Choice;
import io.dowding.placement.Filters;
import io.dowding.placement.Request;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where each job is to be. Allocations are sticky: a job stays where it is recorded unless a pin,
 * the operator's word, a lost host, a constraint or a host on which it never ran sends it away.
 */
final class Targets {

  private final Pass pass;
  private final Situation situation;
  private final Pins pins;

  Targets(Pass pass, Pins pins) {
    this.pass = pass;
    this.situation = pass.situation;
    this.pins = pins;
  }

  Target of(String job, Service service) {
    Allocation record = situation.allocations().get(job);
    return switch (pins.placeOf(job, service)) {
      case Pins.Place.At at -> pinned(job, service, record, at);
      case Pins.Place.Waiting(String why) ->
          record == null ? new Target.Nowhere(why) : new Target.Stay(why);
      case Pins.Place.Free() ->
          record == null ? choose(job, service, "") : free(job, service, record);
    };
  }

  /** For a global service's job, whose id names its host. */
  Target onHost(String job, Service service, String hostname) {
    Allocation record = situation.allocations().get(job);
    if (record != null) {
      String lacks = lacks(job, service, record);
      return lacks == null ? new Target.Stay("") : new Target.Held(lacks);
    }
    return toPin(job, service, hostname, "global: one on every host that fits");
  }

  private Target pinned(
      String job, Service service, @Nullable Allocation record, Pins.Place.At at) {
    if (record != null && record.host().equals(at.host())) {
      String lacks = lacks(job, service, record);
      return lacks == null ? new Target.Stay(whyStuck(at)) : new Target.Held(lacks);
    }
    Target target = toPin(job, service, at.host(), at.why());
    if (record != null && target instanceof Target.Nowhere(String why)) {
      return new Target.Held(why);
    }
    return target;
  }

  /** For a job whose pin keeps it on a host that is lost or drained; else empty. */
  private String whyStuck(Pins.Place.At at) {
    HostState host = situation.host(at.host());
    if (host == null || (host.reach() == Reach.UP && host.word() != Availability.DRAIN)) {
      return "";
    }
    String gone = at.isAuto() ? "write hosts/" + at.host() + " = gone, or " : "";
    return "held: " + at.why() + "; to move it, " + gone + "pin it to another host";
  }

  private Target toPin(String job, Service service, String hostname, String why) {
    pass.readsHost(hostname);
    Candidate candidate = pass.fleet.host(hostname);
    if (candidate == null) {
      return new Target.Nowhere(
          why + ", but " + hostname + " is not in the inventory: add it, or change the pin");
    }
    String refusal = Filters.refusePinned(request(job, service), candidate);
    return refusal == null
        ? new Target.Go(hostname, why, false)
        : new Target.Nowhere(why + ", but " + hostname + ": " + refusal);
  }

  private Target free(String job, Service service, Allocation record) {
    if (situation.gone().contains(record.host())) {
      return elsewhere(job, service, record.host() + " is gone", true);
    }
    HostState host = situation.host(record.host());
    if (host == null) {
      return new Target.Stay(
          record.host()
              + " is no longer in the inventory: add it again, or write hosts/"
              + record.host()
              + " = gone to move its jobs");
    }
    if (host.reach() != Reach.UP) {
      return lost(job, service, host);
    }
    if (host.word() == Availability.DRAIN) {
      return elsewhere(job, service, host.host().hostname() + " is drained", false);
    }
    return misplaced(job, service, record);
  }

  private Target lost(String job, Service service, HostState host) {
    String hostname = host.host().hostname();
    Duration patience = patience(service);
    if (situation.mostAreLost()) {
      return new Target.Stay(
          "held: most hosts are out of reach at once, so it is more likely this node that is cut off");
    }
    if (patience == null) {
      return new Target.Stay(
          "held: it does not leave "
              + hostname
              + (service.container().hasLocalData() ? ", where its data is" : "")
              + "; to move it, write hosts/"
              + hostname
              + " = gone, or pin it to another host");
    }
    Instant leave = host.lastContact().plus(patience);
    if (pass.now().isBefore(leave)) {
      pass.wakeAt(leave);
      return new Target.Stay("it moves once its host has been silent for " + text(patience));
    }
    return elsewhere(job, service, hostname + " is down", true);
  }

  private static String text(Duration time) {
    return time.toSecondsPart() == 0 && time.toMinutes() > 0
        ? time.toMinutes() + " min"
        : time.toSeconds() + " s";
  }

  /** How long its host may be out of reach before this service's jobs leave it; null for ever. */
  private @Nullable Duration patience(Service service) {
    return switch (service.reschedule()) {
      case Reschedule.Never() -> null;
      case Reschedule.After(Duration down) -> down;
      case Reschedule.Default() ->
          service.container().hasLocalData() ? null : situation.settings().grace();
    };
  }

  private Target misplaced(String job, Service service, Allocation record) {
    Candidate here = pass.fleet.host(record.host());
    Request request = request(job, service);
    if (here == null) {
      return new Target.Stay("");
    }
    String broken = Filters.constraints(request, here);
    if (broken != null) {
      return elsewhere(job, service, broken + " on " + record.host(), false);
    }
    String failure = request.avoid().get(record.host());
    if (failure != null && !hasRun(record)) {
      return elsewhere(job, service, record.host() + ": " + failure, true);
    }
    String lacks = lacks(job, service, record);
    if (lacks == null) {
      return new Target.Stay("");
    }
    return !service.container().hasLocalData()
            && elsewhere(job, service, lacks, false) instanceof Target.Go go
        ? go
        : new Target.Held(lacks);
  }

  /**
   * What its host has too little of for another definition than the one that was recorded, or null.
   * What is there as it was recorded stays, however much is reserved beside it.
   */
  private @Nullable String lacks(String job, Service service, Allocation record) {
    Candidate here = pass.fleet.host(record.host());
    if (here == null || record.specHash().equals(service.specHash())) {
      return null;
    }
    pass.readsHost(record.host());
    String lacks = Filters.room(request(job, service), here);
    return lacks == null ? null : record.host() + ": " + lacks;
  }

  private boolean hasRun(Allocation record) {
    Running.Located current = pass.running.current(record);
    return current != null && current.owned().container().startedAt() != null;
  }

  private Target elsewhere(String job, Service service, String because, boolean urgent) {
    return switch (choose(job, service, because + "; ")) {
      case Target.Go(String host, String why, boolean _) -> new Target.Go(host, why, urgent);
      case Target.Nowhere(String why) -> new Target.Stay(why);
      case Target.Stay stay -> stay;
      case Target.Held held -> held;
    };
  }

  private Target choose(String job, Service service, String because) {
    pass.readsFleet();
    Choice choice = pass.fleet.choose(request(job, service));
    String host = choice.host();
    return host == null
        ? new Target.Nowhere(because + choice.why())
        : new Target.Go(host, because + choice.why(), false);
  }

  private Request request(String job, Service service) {
    JobMemory memory = situation.memory(job);
    pass.wakeAt(memory.avoidsUntil(pass.now()));
    return new Request(job, service, memory.avoidedAt(pass.now()));
  }
}
