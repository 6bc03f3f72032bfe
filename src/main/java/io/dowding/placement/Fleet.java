package io.dowding.placement;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All hosts and what stands on them. Mutable, and of one thread, like its candidates. */
public final class Fleet {

  private final SortedMap<String, Candidate> candidates = new TreeMap<>();

  public void add(Candidate candidate) {
    candidates.put(candidate.host().hostname(), candidate);
  }

  public @Nullable Candidate host(String hostname) {
    return candidates.get(hostname);
  }

  /** Counts a job on a host, and no longer on any other; a host that is not here is ignored. */
  public void place(String job, double weight, String hostname, @Nullable String before) {
    if (before != null && !before.equals(hostname)) {
      Candidate left = candidates.get(before);
      if (left != null) {
        left.remove(job);
      }
    }
    Candidate candidate = candidates.get(hostname);
    if (candidate != null) {
      candidate.add(job, weight);
    }
  }

  /** The best host that fits. Asks only; {@link #place} it to have it counted. */
  public Choice choose(Request request) {
    return choose(request, fit -> Collections.min(fit, Ranking.of(request, candidates.values())));
  }

  /** The host that {@code best} picks of those that fit; it is asked only if there are any. */
  public Choice choose(Request request, Function<List<Candidate>, Candidate> best) {
    SortedMap<String, String> refused = new TreeMap<>();
    List<Candidate> fit = new ArrayList<>();
    for (Candidate candidate : candidates.values()) {
      String reason = Filters.refuse(request, candidate);
      if (reason == null) {
        fit.add(candidate);
      } else {
        refused.put(candidate.host().hostname(), reason);
      }
    }
    if (fit.isEmpty()) {
      return new Choice(null, Choice.explain(refused), refused);
    }
    Candidate chosen = best.apply(fit);
    return new Choice(chosen.host().hostname(), why(request, chosen, fit.size()), refused);
  }

  private static String why(Request request, Candidate best, int fit) {
    String load =
        best.load() == Math.rint(best.load())
            ? Long.toString((long) best.load())
            : Double.toString(best.load());
    return "best of "
        + fit
        + " that fit: "
        + best.siblings(request.job())
        + " jobs of this service, load "
        + load;
  }
}
