package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Reach;
import io.dowding.model.Service;
import io.dowding.placement.Candidate;
import io.dowding.placement.Choice;
import io.dowding.placement.Filters;
import java.util.List;

/**
 * Where each job is to be. Allocations are sticky: a job stays where it is recorded unless a pin,
 * the operator's word, a lost host, a constraint or a host on which it never ran sends it away.
 */
final class Targets {

  private final Pass pass;
  private final Situation situation;
  private final Pins pins;
  private final Groups groups;
  private final Leaving leaving;

  Targets(Pass pass, Pins pins, Groups groups) {
    this.pass = pass;
    this.situation = pass.situation;
    this.pins = pins;
    this.groups = groups;
    this.leaving = new Leaving(pass);
  }

  Target of(String job, Service service) {
    Allocation record = situation.allocations().get(job);
    Member member = new Member(job, service, record);
    return switch (pins.placeOf(job, service)) {
      case Pins.Place.At at -> pinned(member, at);
      case Pins.Place.Waiting(String why, String _) ->
          record == null ? new Target.Nowhere(why) : new Target.Stay(why);
      case Pins.Place.Free() -> {
        Target together = groups.targetOf(member);
        yield together != null
            ? together
            : record == null ? choose(member, "") : free(member, record);
      }
    };
  }

  /** For a global service's job, whose id names its host. */
  Target onHost(String job, Service service, String hostname) {
    if (situation.allocations().has(job)) {
      return new Target.Stay("");
    }
    return toPin(new Member(job, service, null), hostname, "global: one on every host that fits");
  }

  private Target pinned(Member member, Pins.Place.At at) {
    if (member.isOn(at.host())) {
      String stuck = whyStuck(at);
      return new Target.Stay(
          stuck.isEmpty() && at.beside().isEmpty()
              ? groups.whyApart(member.service(), at.host())
              : stuck);
    }
    Target target = toPin(member, at.host(), at.why());
    if (member.record() != null && target instanceof Target.Nowhere(String why)) {
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

  private Target toPin(Member member, String hostname, String why) {
    pass.readsHost(hostname);
    Candidate candidate = pass.fleet.host(hostname);
    if (candidate == null) {
      return new Target.Nowhere(
          why + ", but " + hostname + " is not in the inventory: add it, or change the pin");
    }
    String refusal = Filters.refusePinned(leaving.request(member), candidate);
    return refusal == null
        ? new Target.Go(hostname, why, false)
        : new Target.Nowhere(why + ", but " + hostname + ": " + refusal);
  }

  private Target free(Member member, Allocation record) {
    return switch (leaving.of(record.host(), List.of(member))) {
      case Leaving.Verdict.Keep(String note) -> new Target.Stay(note);
      case Leaving.Verdict.Leave(String why, boolean urgent) -> elsewhere(member, why, urgent);
    };
  }

  private Target elsewhere(Member member, String because, boolean urgent) {
    return switch (choose(member, because + "; ")) {
      case Target.Go(String host, String why, boolean _) -> new Target.Go(host, why, urgent);
      case Target.Nowhere(String why) -> new Target.Stay(why);
      case Target.Stay stay -> stay;
      case Target.Held held -> held;
    };
  }

  private Target choose(Member member, String because) {
    pass.readsFleet();
    Choice choice = pass.fleet.choose(leaving.request(member));
    String host = choice.host();
    return host == null
        ? new Target.Nowhere(because + choice.why())
        : new Target.Go(host, because + choice.why(), false);
  }
}
