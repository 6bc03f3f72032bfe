package io.dowding.placement;

import io.dowding.model.Availability;
import io.dowding.model.Service;
import io.dowding.model.Service.Strategy;
import java.util.Comparator;
import java.util.List;
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
    List<Candidate> best = fleet.all().sorted(ranking(requests)).toList();
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
  private static Comparator<Candidate> ranking(List<Request> requests) {
    Comparator<Candidate> data =
        Comparator.comparingLong(
            candidate -> -requests.stream().filter(one -> hasData(one, candidate)).count());
    Comparator<Candidate> load = Comparator.comparingDouble(Candidate::load);
    boolean packs =
        requests.stream()
            .map(Request::service)
            .map(Service::placement)
            .allMatch(placement -> placement.strategy() == Strategy.BINPACK);
    return data.thenComparing(packs ? load.reversed() : load)
        .thenComparing(candidate -> candidate.host().hostname());
  }

  private static boolean hasData(Request request, Candidate candidate) {
    Set<String> volumes = request.service().container().namedVolumes();
    return !volumes.isEmpty() && candidate.hasVolumes(volumes);
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
