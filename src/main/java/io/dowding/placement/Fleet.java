package io.dowding.placement;

import io.dowding.model.Port;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All hosts and what stands on them. Mutable, and of one thread, like its candidates. */
public final class Fleet {

  private final SortedMap<String, Candidate> candidates;

  /** Of a draft, the hosts that differ; or null. */
  private final @Nullable Map<String, Candidate> touched;

  public Fleet() {
    this(new TreeMap<>(), null);
  }

  private Fleet(SortedMap<String, Candidate> candidates, @Nullable Map<String, Candidate> touched) {
    this.candidates = candidates;
    this.touched = touched;
  }

  /**
   * The same, to place jobs on: this one does not change with it, and copied is only what is placed
   * upon. It is of use until this one changes.
   */
  public Fleet draft() {
    return new Fleet(candidates, new HashMap<>());
  }

  /** In the place of the one of that name, if there is one. */
  public void add(Candidate candidate) {
    if (touched != null) {
      throw new IllegalStateException("a draft has the hosts that it was made of");
    }
    candidates.put(candidate.host().hostname(), candidate);
  }

  public @Nullable Candidate host(String hostname) {
    Candidate candidate = candidates.get(hostname);
    return candidate == null ? null : present(candidate);
  }

  private Candidate present(Candidate candidate) {
    Map<String, Candidate> own = touched;
    return own == null || own.isEmpty()
        ? candidate
        : own.getOrDefault(candidate.host().hostname(), candidate);
  }

  /** To be changed, or null where there is no such host. */
  private @Nullable Candidate touch(String hostname) {
    Candidate candidate = candidates.get(hostname);
    return touched == null || candidate == null
        ? candidate
        : touched.computeIfAbsent(hostname, h -> candidate.copy());
  }

  Stream<Candidate> all() {
    return candidates.values().stream().map(this::present);
  }

  /** Counts a job on a host, and no longer on any other; a host that is not here is ignored. */
  public void place(String job, double weight, String hostname, @Nullable String before) {
    if (before != null && !before.equals(hostname)) {
      Candidate left = touch(before);
      if (left != null) {
        left.remove(job);
      }
    }
    Candidate candidate = touch(hostname);
    if (candidate != null) {
      candidate.add(job, weight);
    }
  }

  /** Counts a port as taken by a job; on a host that is not here it is ignored. */
  public void take(String hostname, Port port, String job) {
    Candidate candidate = touch(hostname);
    if (candidate != null) {
      candidate.take(port, job);
    }
  }

  /** The best host that fits. Asks only; {@link #place} it to have it counted. */
  public Choice choose(Request request) {
    Comparator<Candidate> rank = Ranking.of(request, this::all);
    Candidate best = null;
    int fit = 0;
    for (Candidate each : candidates.values()) {
      Candidate candidate = present(each);
      if (Filters.refuse(request, candidate) == null) {
        fit++;
        best = best == null || rank.compare(candidate, best) < 0 ? candidate : best;
      }
    }
    return best == null ? none(request) : chosen(request, best, fit);
  }

  /** The host that {@code best} picks of those that fit; it is asked only if there are any. */
  public Choice choose(Request request, Function<List<Candidate>, Candidate> best) {
    List<Candidate> fit =
        all().filter(candidate -> Filters.refuse(request, candidate) == null).toList();
    return fit.isEmpty() ? none(request) : chosen(request, best.apply(fit), fit.size());
  }

  private Choice none(Request request) {
    SortedMap<String, String> refused = new TreeMap<>();
    all()
        .forEach(
            candidate ->
                refused.put(
                    candidate.host().hostname(),
                    String.valueOf(Filters.refuse(request, candidate))));
    return new Choice(null, Choice.explain(refused), refused);
  }

  private static Choice chosen(Request request, Candidate best, int fit) {
    return new Choice(best.host().hostname(), why(request, best, fit), new TreeMap<>());
  }

  private static String why(Request request, Candidate best, int fit) {
    return "best of "
        + fit
        + " that fit: "
        + best.siblings(request.job())
        + " jobs of this service, load "
        + Choice.load(best);
  }
}
