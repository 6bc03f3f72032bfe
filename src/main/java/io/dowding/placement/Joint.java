package io.dowding.placement;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;

import io.dowding.model.Availability;
import io.dowding.model.Service;
import io.dowding.model.Service.Strategy;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Chooses one host for several jobs; it must fit all of them at once. */
public final class Joint {

  private Joint() {}

  /**
   * The best host that fits all jobs. Places nothing, like {@link Fleet#choose(Request)}.
   *
   * @param requests at least one
   */
  public static Choice choose(Fleet fleet, List<Request> requests) {
    SortedMap<String, String> refused = new TreeMap<>();
    List<Candidate> best = fleet.all().sorted(ranking(fleet, requests)).toList();
    for (Candidate candidate : best) {
      String refusal = refuse(requests, candidate);
      if (refusal == null) {
        String why = "the best host that fits all of its group: load " + Choice.load(candidate);
        return Choice.of(candidate.host().hostname(), why);
      }
      refused.put(candidate.host().hostname(), refusal);
    }
    return new Choice(null, Choice.explain(refused), refused);
  }

  /** First by the number of jobs whose data is there, then by load. */
  private static Comparator<Candidate> ranking(Fleet fleet, List<Request> requests) {
    Map<Set<String>, Long> jobs =
        requests.stream()
            .map(Request::service)
            .collect(groupingBy(service -> service, counting()))
            .entrySet()
            .stream()
            .collect(groupingBy(Joint::volumes, summingLong(Map.Entry::getValue)));
    jobs.remove(Set.of());
    Map<String, Long> data = new HashMap<>();
    if (!jobs.isEmpty()) {
      fleet
          .all()
          .forEach(candidate -> data.put(candidate.host().hostname(), data(candidate, jobs)));
    }
    Comparator<Candidate> mostData =
        Comparator.comparingLong(c -> -data.getOrDefault(c.host().hostname(), 0L));
    Comparator<Candidate> load = Comparator.comparingDouble(Candidate::load);
    boolean packs =
        requests.stream()
            .allMatch(request -> request.service().placement().strategy() == Strategy.BINPACK);
    // Hosts come in the order of their names, and sorting keeps it among equals.
    return mostData.thenComparing(packs ? load.reversed() : load);
  }

  private static Set<String> volumes(Map.Entry<Service, Long> jobs) {
    return jobs.getKey().container().namedVolumes();
  }

  /** How many jobs have their data on this host. */
  private static long data(Candidate candidate, Map<Set<String>, Long> jobs) {
    return jobs.entrySet().stream()
        .filter(entry -> candidate.hasVolumes(entry.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** Why they do not all fit, naming the job that does not; or null if they do. */
  private static @Nullable String refuse(List<Request> requests, Candidate candidate) {
    String alone = first(requests, candidate, false);
    // Copied only for hosts that fit each job alone.
    return alone != null ? alone : first(requests, candidate.copy(), true);
  }

  private static @Nullable String first(
      List<Request> requests, Candidate candidate, boolean places) {
    for (Request request : requests) {
      String reason = Filters.refuse(request, candidate);
      if (reason != null) {
        boolean isOfHost = candidate.word() != Availability.ACTIVE || candidate.unusable() != null;
        return isOfHost ? reason : request.job() + ": " + reason;
      }
      if (places) {
        Service service = request.service();
        candidate.add(request.job(), service.placement());
        service.container().ports().forEach(port -> candidate.take(port, request.job()));
      }
    }
    return null;
  }
}
