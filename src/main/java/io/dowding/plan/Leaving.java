package io.dowding.plan;

import io.dowding.model.Availability;
import io.dowding.model.Reach;
import io.dowding.model.Service;
import io.dowding.model.Service.Reschedule;
import io.dowding.placement.Candidate;
import io.dowding.placement.Filters;
import io.dowding.placement.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides whether jobs must leave a host: one alone, or several that stay together. */
final class Leaving {

  /** What happens to the jobs on a host. */
  sealed interface Verdict {
    /**
     * @param note why they stay although they should be elsewhere, or empty
     */
    record Keep(String note) implements Verdict {}

    /**
     * @param urgent whether the present containers need not be spared: they are lost, or never ran
     */
    record Leave(String why, boolean urgent) implements Verdict {}
  }

  private final Pass pass;
  private final Situation situation;

  Leaving(Pass pass) {
    this.pass = pass;
    this.situation = pass.situation;
  }

  /** The request of a member; plans again when it avoids fewer hosts. */
  Request request(Member member) {
    return new Request(
        member.job(),
        member.service(),
        new Preparing(pass).avoided(member.service(), member.job()));
  }

  /**
   * @param group jobs that stay together; those on other hosts, or not placed yet, have no say
   */
  Verdict of(String hostname, List<Member> group) {
    List<Member> members = group.stream().filter(member -> member.isOn(hostname)).toList();
    if (situation.gone().contains(hostname)) {
      return new Verdict.Leave(hostname + " is gone", true);
    }
    HostState host = situation.host(hostname);
    if (host == null) {
      return new Verdict.Keep(
          hostname
              + " is no longer in the inventory: add it again, or write hosts/"
              + hostname
              + " = gone to move its jobs");
    }
    if (host.reach() != Reach.UP) {
      return lost(host, members);
    }
    if (host.word() == Availability.DRAIN) {
      return new Verdict.Leave(hostname + " is drained", false);
    }
    return misplaced(hostname, members);
  }

  private Verdict lost(HostState host, List<Member> members) {
    String hostname = host.host().hostname();
    if (situation.mostAreLost()) {
      return new Verdict.Keep(
          "held: most hosts became unreachable at once, so this node is probably cut off");
    }
    Duration longest = Duration.ZERO;
    for (Member member : members) {
      Duration patience = patience(member.service());
      if (patience == null) {
        return new Verdict.Keep(staysFor(member, hostname, members.size() > 1));
      }
      longest = Collections.max(List.of(longest, patience));
    }
    Instant leave = host.lastContact().plus(longest);
    if (pass.now().isBefore(leave)) {
      pass.wakeAt(leave);
      return new Verdict.Keep("it moves once its host has been silent for " + text(longest));
    }
    return new Verdict.Leave(hostname + " is down", true);
  }

  private static String staysFor(Member member, String hostname, boolean several) {
    return "held: "
        + (several ? member.service().name() : "it")
        + " does not leave "
        + hostname
        + (member.service().container().hasLocalData() ? ", where its data is" : "")
        + "; to move "
        + (several ? "all that is together with it" : "it")
        + ", write hosts/"
        + hostname
        + " = gone, or pin it to another host";
  }

  private static String text(Duration time) {
    return time.toSecondsPart() == 0 && time.toMinutes() > 0
        ? time.toMinutes() + " min"
        : time.toSeconds() + " s";
  }

  /**
   * How long its host may be unreachable before this service's jobs leave it; null means forever.
   */
  private @Nullable Duration patience(Service service) {
    return switch (service.reschedule()) {
      case Reschedule.Never() -> null;
      case Reschedule.After(Duration down) -> down;
      case Reschedule.Default() ->
          service.container().hasLocalData() ? null : situation.settings().grace();
    };
  }

  private Verdict misplaced(String hostname, List<Member> members) {
    Candidate here = pass.fleet.host(hostname);
    if (here == null) {
      return new Verdict.Keep("");
    }
    boolean ran = members.stream().anyMatch(member -> hasRun(member, hostname));
    for (Member member : members) {
      String of = members.size() > 1 ? member.job() + ": " : "";
      Request request = request(member);
      String broken = Filters.constraints(request, here);
      if (broken != null) {
        return new Verdict.Leave(of + broken + " on " + hostname, false);
      }
      String failure = request.avoid().get(hostname);
      if (failure != null && !ran) {
        return new Verdict.Leave(of + hostname + ": " + failure, true);
      }
    }
    return new Verdict.Keep("");
  }

  private boolean hasRun(Member member, String hostname) {
    Running.Located current =
        member.record() == null || !member.isOn(hostname)
            ? null
            : pass.running.current(member.record());
    return current != null && current.owned().container().startedAt() != null;
  }
}
