package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Reach;
import io.dowding.model.Service;
import io.dowding.placement.Candidate;
import io.dowding.placement.Choice;
import io.dowding.placement.Filters;
import io.dowding.placement.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides where each job should run. Allocations are sticky: a job stays where it is recorded
 * unless a pin, the operator's setting, a lost host, a constraint, or a host on which it never ran
 * moves it.
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
        if (together == null) {
          yield record == null ? choose(member, "") : free(member, record);
        }
        String lacks = together instanceof Target.Stay ? lacks(member) : null;
        yield lacks == null ? together : new Target.Held(lacks);
      }
    };
  }

  /**
   * The same, after other jobs were placed in this pass: two of them may have been sent to a host
   * that fits one.
   */
  Target again(String job, Service service, Target target) {
    if (!(target instanceof Target.Go go)) {
      return target;
    }
    Candidate there = pass.fleet.host(go.host());
    Member member = new Member(job, service, situation.allocations().get(job));
    return there == null || Filters.refuse(leaving.request(member), there) == null
        ? target
        : of(job, service);
  }

  /** The target of a global service's job, whose id names its host. */
  Target onHost(String job, Service service, String hostname) {
    Member member = new Member(job, service, situation.allocations().get(job));
    if (member.record() != null) {
      String lacks = lacks(member);
      return lacks == null ? new Target.Stay("") : new Target.Held(lacks);
    }
    return toPin(member, hostname, "global: one on every host that fits");
  }

  private Target pinned(Member member, Pins.Place.At at) {
    if (member.isOn(at.host())) {
      String lacks = lacks(member);
      if (lacks != null) {
        return new Target.Held(lacks);
      }
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

  /** Why a pinned job stays on a lost or drained host; otherwise empty. */
  private String whyStuck(Pins.Place.At at) {
    HostState host = situation.host(at.host());
    if (host == null || (host.reach() == Reach.UP && host.word() != Availability.DRAIN)) {
      return "";
    }
    boolean mayBeGone = at.isAuto() && host.reach() != Reach.UP;
    String gone = mayBeGone ? "write hosts/" + at.host() + " = gone, or " : "";
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
      case Leaving.Verdict.Keep(String note) ->
          note.isEmpty() ? asAsked(member, record) : new Target.Stay(note);
      case Leaving.Verdict.Leave(String why, boolean urgent) -> elsewhere(member, why, urgent);
    };
  }

  /** Where a person asked to move it, while that is possible. */
  private Target asAsked(Member member, Allocation record) {
    String host = member.service().movesTo(record);
    if (host == null || host.equals(record.host())) {
      return whereThereIsRoom(member);
    }
    pass.readsHost(host);
    Candidate candidate = pass.fleet.host(host);
    String refusal =
        candidate == null
            ? "not in the inventory"
            : Filters.refuse(leaving.request(member), candidate);
    return refusal == null
        ? new Target.Go(host, "moved from " + record.host() + " to balance the load", false)
        : new Target.Stay("does not move to " + host + " as asked: " + refusal);
  }

  private Target whereThereIsRoom(Member member) {
    String lacks = lacks(member);
    if (lacks == null) {
      return new Target.Stay("");
    }
    return !member.service().container().hasLocalData()
            && elsewhere(member, lacks, false) instanceof Target.Go go
        ? go
        : new Target.Held(lacks);
  }

  /**
   * What the host lacks for a changed definition, or null. A job of the recorded definition stays,
   * whatever else is reserved there.
   */
  private @Nullable String lacks(Member member) {
    Allocation record = member.record();
    Candidate here = record == null ? null : pass.fleet.host(record.host());
    if (record == null || here == null || record.specHash().equals(member.service().specHash())) {
      return null;
    }
    pass.readsHost(record.host());
    String lacks = Filters.room(leaving.request(member), here);
    return lacks == null ? null : record.host() + ": " + lacks;
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
    Request request = leaving.request(member);
    String waits = member.record() == null ? pass.awaited().waits(request) : null;
    if (waits != null) {
      return new Target.Nowhere(waits);
    }
    Choice choice = pass.fleet.choose(request);
    String host = choice.host();
    return host == null
        ? new Target.Nowhere(because + choice.why())
        : new Target.Go(host, because + choice.why(), false);
  }
}
