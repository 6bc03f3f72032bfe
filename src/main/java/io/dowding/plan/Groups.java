package io.dowding.plan;

import io.dowding.model.Availability;
import io.dowding.model.Reach;
import io.dowding.model.Service;
import io.dowding.model.Together;
import io.dowding.placement.Candidate;
import io.dowding.placement.Choice;
import io.dowding.placement.Filters;
import io.dowding.placement.Joint;
import io.dowding.placement.Request;
import io.dowding.plan.Leaving.Verdict;
import io.dowding.plan.Pins.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds one host for the services of a project that are placed {@link Together}. Done once per
 * pass; each service depends on everything that the decision depended on.
 */
final class Groups {

  private final Pass pass;
  private final Situation situation;
  private final Pins pins;
  private final Leaving leaving;
  private final Map<String, Map<String, SortedMap<String, Service>>> together = new HashMap<>();
  private final Map<String, Group> groups = new HashMap<>();

  Groups(Pass pass, Pins pins) {
    this.pass = pass;
    this.situation = pass.situation;
    this.pins = pins;
    this.leaving = new Leaving(pass);
  }

  /** The host of a group. */
  private sealed interface Home {
    /** The host that one of them is pinned to. */
    record Pinned(Member anchor, Place.At at) implements Home {}

    /** The host that most of them are recorded on. */
    record Recorded(String host) implements Home {}

    /** A host that fits all of them, chosen in this pass. */
    record Chosen(String host, String why) implements Home {}

    record Nowhere(String why) implements Home {}
  }

  private static final class Group {
    /** All jobs without a pin of their own. */
    final List<Member> members = new ArrayList<>();

    final Map<String, Verdict> verdicts = new TreeMap<>();

    /** Jobs that the chosen host fits, all at once. */
    final Set<String> placed = new HashSet<>();

    /** Services whose plans already depend on how the home was found. */
    final Set<String> informed = new HashSet<>();

    Home home = new Home.Nowhere("");
    Part noted = new Part();
  }

  /** The target of a job without a pin; null if it is placed by itself. */
  @Nullable Target targetOf(Member member) {
    Group group = groupOf(member.service());
    if (group == null) {
      return null;
    }
    return switch (group.home) {
      case Home.Nowhere(String why) -> {
        if (isUrgent(group, member)) {
          yield alone(group, member, why);
        }
        String all = because(group, member) + why;
        yield member.record() == null ? new Target.Nowhere(all) : new Target.Stay(all);
      }
      case Home.Chosen(String host, String why) -> {
        String lead = group.members.getFirst().service().name();
        if (!group.placed.contains(member.job())) {
          yield follow(group, member, host, lead);
        }
        String own = lead.equals(member.service().name()) ? why : "together with " + lead;
        yield new Target.Go(host, because(group, member) + own, isUrgent(group, member));
      }
      case Home.Recorded(String host) ->
          isKept(group, member, host)
              ? new Target.Stay(noteOf(group, member))
              : follow(group, member, host, whoIsOn(group, host, member));
      case Home.Pinned(Member anchor, Place.At at) ->
          member.isOn(at.host())
              ? new Target.Stay(whyStuck(member, anchor, at))
              : follow(group, member, at.host(), anchor.service().name());
    };
  }

  /** Why a job that is pinned to this host is apart from others that it needs by name; or empty. */
  String whyApart(Service service, String host) {
    Group group = groupOf(service);
    return group != null
            && group.home instanceof Home.Pinned(Member anchor, Place.At at)
            && !at.host().equals(host)
        ? "apart from "
            + anchor.service().name()
            + ", which is "
            + at.why()
            + ": names do not resolve from one host to another"
        : "";
  }

  /** Why a service is placed by itself although others share its networks; or empty. */
  String tooMany(Service service) {
    SortedMap<String, Service> group = needing(service);
    return group == null || group.size() <= Together.MOST ? "" : Together.tooMany(group.size());
  }

  /** The services that need one host with this one; null if there are none. */
  private @Nullable SortedMap<String, Service> needing(Service service) {
    if (Together.whyApart(service) != null) {
      return null;
    }
    String project = service.membership().project();
    pass.readsProject(project);
    return together
        .computeIfAbsent(project, name -> Together.groups(situation.projects().of(name)))
        .get(service.name());
  }

  private @Nullable Group groupOf(Service service) {
    SortedMap<String, Service> services = needing(service);
    if (services == null || services.size() > Together.MOST) {
      return null;
    }
    Group group = groups.get(service.name());
    if (group == null) {
      Group found = new Group();
      found.noted = pass.apart(() -> find(found, services));
      services.keySet().forEach(name -> groups.put(name, found));
      group = found;
    }
    if (group.informed.add(service.name())) {
      pass.restsOn(group.noted);
    }
    return group;
  }

  private void find(Group group, SortedMap<String, Service> services) {
    Home.@Nullable Pinned pinned = null;
    for (Service service : services.values()) {
      pass.reads(service.name());
      for (String job : ServicePass.replicas(service)) {
        Member member = new Member(job, service, situation.allocations().get(job));
        Place place = pins.placeOf(job, service);
        if (!(place instanceof Place.Free) && !services.containsKey(place.beside())) {
          // A person's pin takes precedence over the agent's; then the first by name counts.
          boolean isFirst =
              place instanceof Place.At(String _, String _, boolean isAuto, String _)
                  && (pinned == null || (pinned.at().isAuto() && !isAuto));
          pinned = isFirst ? new Home.Pinned(member, (Place.At) place) : pinned;
        } else {
          group.members.add(member);
        }
      }
    }
    for (Member member : group.members) {
      if (member.record() != null) {
        group.verdicts.computeIfAbsent(
            member.record().host(), host -> leaving.of(host, group.members));
      }
    }
    group.home = pinned != null ? pinned : home(group);
  }

  /** The host that most of them are on and may stay on, or else one that fits all of them. */
  private Home home(Group group) {
    SortedMap<String, Integer> jobs = new TreeMap<>();
    for (Member member : group.members) {
      if (member.record() != null
          && group.verdicts.get(member.record().host()) instanceof Verdict.Keep) {
        jobs.merge(member.record().host(), 1, Integer::sum);
      }
    }
    String most = null;
    for (Map.Entry<String, Integer> host : jobs.entrySet()) {
      most = most == null || host.getValue() > jobs.getOrDefault(most, 0) ? host.getKey() : most;
    }
    return most != null ? new Home.Recorded(most) : choose(group);
  }

  /** A new member that fits nowhere does not keep the others on a host that they have to leave. */
  private Home choose(Group group) {
    List<Member> all = group.members;
    if (all.isEmpty()) {
      return new Home.Nowhere("");
    }
    Home home = choose(group, all);
    List<Member> recorded = all.stream().filter(member -> member.record() != null).toList();
    return home instanceof Home.Nowhere && !recorded.isEmpty() && recorded.size() < all.size()
        ? choose(group, recorded)
        : home;
  }

  private Home choose(Group group, List<Member> members) {
    pass.readsFleet();
    List<Request> requests = members.stream().map(leaving::request).toList();
    boolean isNew = members.stream().allMatch(member -> member.record() == null);
    String waits = isNew ? pass.awaited().waits(requests.getFirst()) : null;
    if (waits != null) {
      return new Home.Nowhere(waits);
    }
    Choice choice = Joint.choose(pass.fleet, requests);
    String host = choice.host();
    if (host == null) {
      return new Home.Nowhere(choice.why());
    }
    // No other job may take their place in this pass. They also count where they are until they
    // are recorded elsewhere, which may take long.
    for (Member member : members) {
      pass.place(member.service(), member.job(), host, null);
      group.placed.add(member.job());
    }
    return new Home.Chosen(host, choice.why());
  }

  /** For a job that has to leave its host and does not fit on the host of the others. */
  private Target alone(Group group, Member member, String why) {
    Choice choice = pass.fleet.choose(leaving.request(member));
    String host = choice.host();
    return host == null
        ? new Target.Stay(because(group, member) + why)
        : new Target.Go(
            host,
            because(group, member) + "apart from the others: " + why,
            isUrgent(group, member));
  }

  /** For a job without a pin whose group is on this host. */
  private Target follow(Group group, Member member, String host, String other) {
    if (isKept(group, member, host)) {
      return new Target.Stay(noteOf(group, member));
    }
    pass.readsHost(host);
    pass.readsFleet();
    Candidate candidate = pass.fleet.host(host);
    String refusal =
        candidate == null
            ? "it is not in the inventory"
            : Filters.refuse(leaving.request(member), candidate);
    String why = because(group, member) + "together with " + other;
    if (refusal == null) {
      return new Target.Go(host, why, isUrgent(group, member));
    }
    if (verdictOf(group, member) instanceof Verdict.Leave) {
      return alone(group, member, other + " is on " + host + ", but " + host + ": " + refusal);
    }
    String all =
        why
            + " on "
            + host
            + ", but "
            + host
            + ": "
            + refusal
            + "; make room there, or give it x-dowding.together: false";
    return member.record() == null ? new Target.Nowhere(all) : new Target.Stay(all);
  }

  /** Whether it stays where it is: on the host of the group, or on one that it cannot leave yet. */
  private static boolean isKept(Group group, Member member, String host) {
    return verdictOf(group, member) instanceof Verdict.Keep(String note)
        && (member.isOn(host) || !note.isEmpty());
  }

  private static String noteOf(Group group, Member member) {
    return verdictOf(group, member) instanceof Verdict.Keep(String note) ? note : "";
  }

  private static Verdict verdictOf(Group group, Member member) {
    Verdict none = new Verdict.Keep("");
    return member.record() == null
        ? none
        : group.verdicts.getOrDefault(member.record().host(), none);
  }

  private static String because(Group group, Member member) {
    return verdictOf(group, member) instanceof Verdict.Leave(String why, boolean _)
        ? why + "; "
        : "";
  }

  private static boolean isUrgent(Group group, Member member) {
    return verdictOf(group, member) instanceof Verdict.Leave(String _, boolean urgent) && urgent;
  }

  /** The first other service on the host, or this one if there is no other. */
  private static String whoIsOn(Group group, String host, Member member) {
    String sibling = "";
    for (Member other : group.members) {
      if (other.isOn(host) && !other.service().name().equals(member.service().name())) {
        return other.service().name();
      }
      sibling = sibling.isEmpty() && other.isOn(host) ? other.job() : sibling;
    }
    return sibling;
  }

  /** For a job that should leave its host but stays with one pinned there; otherwise empty. */
  private String whyStuck(Member member, Member anchor, Place.At at) {
    HostState host = situation.host(at.host());
    Candidate here = pass.fleet.host(at.host());
    if (host == null || here == null) {
      return "";
    }
    String broken = Filters.constraints(leaving.request(member), here);
    if (host.reach() == Reach.UP && host.word() != Availability.DRAIN && broken == null) {
      return "";
    }
    String other = anchor.service().name();
    boolean mayBeGone = at.isAuto() && host.reach() != Reach.UP;
    String gone = mayBeGone ? "write hosts/" + at.host() + " = gone, or " : "";
    return "held: "
        + (broken == null ? "" : broken + " on " + at.host() + "; ")
        + "together with "
        + other
        + ", which is "
        + at.why()
        + "; to move them, "
        + gone
        + "pin "
        + other
        + " to another host";
  }
}
