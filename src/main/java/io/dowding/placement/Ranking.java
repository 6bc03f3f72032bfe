package io.dowding.placement;

import io.dowding.model.Names;
import io.dowding.model.Service;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Which of the hosts that fit is best; hostnames break every tie, so that there is one answer. */
final class Ranking {

  private Ranking() {}

  /**
   * @param all the hosts, whether they fit or not
   */
  static Comparator<Candidate> of(Request request, Supplier<Stream<Candidate>> all) {
    String job = request.job();
    String service = Names.serviceOf(job);
    Service.Placement placement = request.service().placement();
    Comparator<Candidate> rank = Comparator.comparingInt(c -> 0);
    for (String label : placement.spreadOver()) {
      Map<String, Integer> jobsByValue = new HashMap<>();
      all.get()
          .forEach(c -> jobsByValue.merge(value(c, label), c.siblings(job, service), Integer::sum));
      rank = rank.thenComparingInt(c -> jobsByValue.getOrDefault(value(c, label), 0));
    }
    // A host that has the data; but replicas, each with data of its own, spread first.
    Set<String> volumes = request.service().container().namedVolumes();
    Comparator<Candidate> data = Comparator.comparing(c -> !c.hasVolumes(volumes));
    rank =
        switch (placement.strategy()) {
          case SPREAD ->
              rank.thenComparingInt(c -> c.siblings(job, service))
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
