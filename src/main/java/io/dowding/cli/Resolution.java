package io.dowding.cli;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.compose.project.Project;
import io.dowding.model.Service;
import io.dowding.model.Service.PinRule;
import io.dowding.model.Together;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds names of a project that do not resolve because a network does not span hosts. */
final class Resolution {

  private static final String INSTEAD =
      "; publish a port instead, and use its host's address, shown in the status";

  private final Project project;
  private final Map<String, Service> services = new TreeMap<>();

  private Resolution(Project project) {
    this.project = project;
    project.services().forEach(this::read);
  }

  private void read(String name, Project.ProjectService written) {
    try {
      byte[] definition = written.definition().getBytes(StandardCharsets.UTF_8);
      services.put(name, ServiceReader.read(name, 0, definition));
    } catch (InvalidServiceException otherwiseTold) {
      // Reported as a problem already.
    }
  }

  /** One sentence per reason why services that need each other by name are not on one host. */
  static List<String> notes(Project project) {
    Resolution resolution = new Resolution(project);
    List<String> notes = new ArrayList<>(resolution.apart());
    notes.addAll(resolution.pinnedApart());
    return notes;
  }

  private List<String> apart() {
    Map<String, Set<String>> apart = new TreeMap<>();
    Map<String, Set<String>> unresolved = new TreeMap<>();
    Map<String, Set<String>> members = new TreeMap<>();
    for (Service service : services.values()) {
      for (String network : service.membership().networks()) {
        members.computeIfAbsent(network, n -> new TreeSet<>()).add(composeName(service));
      }
    }
    Set<String> told = new TreeSet<>();
    for (Service service : services.values()) {
      String why = Together.whyApart(service);
      for (String network : why == null ? Set.<String>of() : service.membership().networks()) {
        Set<String> all = members.getOrDefault(network, Set.of());
        if (all.size() > 1) {
          apart.computeIfAbsent(why, w -> new TreeSet<>()).add(composeName(service));
          if (told.add(network + " " + why)) {
            unresolved.computeIfAbsent(why, w -> new TreeSet<>()).addAll(all);
          }
        }
      }
    }
    List<String> notes = new ArrayList<>();
    apart.forEach(
        (why, names) ->
            notes.add(
                String.join(", ", names)
                    + ": not placed on one host with the others, because "
                    + why
                    + "; from other hosts these names do not resolve: "
                    + String.join(", ", unresolved.getOrDefault(why, Set.of()))
                    + INSTEAD));
    return notes;
  }

  private List<String> pinnedApart() {
    List<String> notes = new ArrayList<>();
    Set<String> seen = new TreeSet<>();
    for (SortedMap<String, Service> group : Together.groups(services.values()).values()) {
      if (!seen.add(group.firstKey())) {
        continue;
      }
      if (group.size() > Together.MOST) {
        notes.add(Together.tooMany(group.size()) + INSTEAD);
        continue;
      }
      Map<String, Set<String>> pinned = new TreeMap<>();
      for (Service one : group.values()) {
        if (one.pin() instanceof PinRule.ToHost(String hostname)) {
          pinned.computeIfAbsent(hostname, h -> new TreeSet<>()).add(composeName(one));
        }
      }
      if (pinned.size() > 1) {
        List<String> places = new ArrayList<>();
        pinned.forEach((host, names) -> places.add(String.join(", ", names) + " to " + host));
        notes.add(
            "pinned are "
                + String.join(" and ", places)
                + ": their names do not resolve from one host to another"
                + INSTEAD);
      }
    }
    return notes;
  }

  private String composeName(Service service) {
    Project.ProjectService written = project.services().get(service.name());
    return written == null ? service.name() : written.composeName();
  }
}
