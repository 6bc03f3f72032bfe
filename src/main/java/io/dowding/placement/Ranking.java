package io.dowding.placement;

import io.dowding.model.Service;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Which of the hosts that fit is best; hostnames break every tie, so that there is one answer. */
final class Ranking {

  private Ranking() {}

  static Comparator<Candidate> of(Request request, Collection<Candidate> all) {
    Service.Placement placement = request.service().placement();
    Comparator<Candidate> rank = Comparator.comparingInt(c -> 0);
    for (String label : placement.spreadOver()) {
      Map<String, Integer> jobsByValue = new HashMap<>();
      for (Candidate c : all) {
        jobsByValue.merge(value(c, label), c.siblings(request.job()), Integer::sum);
      }
      rank = rank.thenComparingInt(c -> jobsByValue.getOrDefault(value(c, label), 0));
    }
    // A host that has the data; but replicas, each with data of its own, spread first.
    Set<String> volumes = request.service().container().namedVolumes();
    Comparator<Candidate> data = Comparator.comparing(c -> !c.hasVolumes(volumes));
    rank =
        switch (placement.strategy()) {
          case SPREAD ->
              rank.thenComparingInt(c -> c.siblings(request.job()))
                  .thenComparing(data)
                  .thenComparingDouble(Candidate::load);
          case BINPACK ->
              rank.thenComparing(data).thenComparing(Candidate::load, Comparator.reverseOrder());
        };
    return rank.thenComparing(c -> c.host().hostname());
  }

  private static String value(Candidate candidate, String label) {
    return candidate.host().meta().getOrDefault(label, "");
  }
}
