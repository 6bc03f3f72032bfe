package io.dowding.placement;

import io.dowding.model.Port;
import io.dowding.model.Service;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All hosts and their load. Mutable, for one thread, like its candidates. Change a host only
 * through its fleet once it has been added.
 */
public final class Fleet {

  private final @Nullable SortedMap<String, Candidate> candidates;
  private @Nullable Index index;

  public Fleet() {
    candidates = new TreeMap<>();
  }

  /** A draft. */
  private Fleet(Index index) {
    this.candidates = null;
    this.index = index;
  }

  private Index index() {
    Index known = index;
    if (known == null) {
      known = new Index(candidates == null ? new TreeMap<>() : candidates);
      index = known;
    }
    return known;
  }

  /**
   * A copy to place jobs on, without changing this fleet. Only changed hosts are copied. Valid
   * until this fleet changes.
   */
  public Fleet draft() {
    return new Fleet(index().draft());
  }

  /** Adds a host, or replaces the one of the same name. */
  public void add(Candidate candidate) {
    if (candidates == null) {
      throw new IllegalStateException("a draft has the hosts that it was made of");
    }
    Candidate before = candidates.put(candidate.host().hostname(), candidate);
    Index known = index;
    if (known == null || before == null || !before.host().equals(candidate.host())) {
      index = null;
    } else {
      known.replace(known.numberOf(candidate.host().hostname()), candidate);
    }
  }

  /** The hosts that have a volume of this name, in order. */
  public List<String> hostsWith(String volume) {
    Index all = index();
    return all.withVolumes(List.of(volume)).stream()
        .map(host -> all.at(host).host().hostname())
        .toList();
  }

  public @Nullable Candidate host(String hostname) {
    if (candidates != null) {
      return candidates.get(hostname);
    }
    int host = index().numberOf(hostname);
    return host == Order.NONE ? null : index().at(host);
  }

  Stream<Candidate> all() {
    Index all = index();
    return IntStream.range(0, all.size()).mapToObj(all::at);
  }

  /** Counts a job on a host, and no longer on any other. Ignores unknown hosts. */
  public void place(String job, double weight, String hostname, @Nullable String before) {
    leave(job, hostname, before);
    int host = index().numberOf(hostname);
    if (host != Order.NONE) {
      index().add(host, job, candidate -> candidate.add(job, weight));
    }
  }

  /** The same for a job of a service, which may reserve resources. */
  public void place(
      String job, Service.Placement placement, String hostname, @Nullable String before) {
    leave(job, hostname, before);
    int host = index().numberOf(hostname);
    if (host != Order.NONE) {
      index().add(host, job, candidate -> candidate.add(job, placement));
    }
  }

  private void leave(String job, String hostname, @Nullable String before) {
    int left = before == null || before.equals(hostname) ? Order.NONE : index().numberOf(before);
    if (left != Order.NONE) {
      index().remove(left, job);
    }
  }

  /** Counts a port as taken by a job. Ignores unknown hosts. */
  public void take(String hostname, Port port, String job) {
    int host = index().numberOf(hostname);
    if (host != Order.NONE) {
      index().take(host, port, job);
    }
  }

  /** The best host that fits. Does not place the job; see {@link #place}. */
  public Choice choose(Request request) {
    Round round = index().round(request);
    Choice known = round.nowhere(request);
    if (known != null) {
      return known;
    }
    int best = Search.best(index(), request, round);
    if (best != Order.NONE) {
      return chosen(request, index().at(best));
    }
    Choice none = none(request);
    round.nowhere(request, none);
    return none;
  }

  /** The host that {@code best} picks of those that fit; only called if there are any. */
  public Choice choose(Request request, Function<List<Candidate>, Candidate> best) {
    List<Candidate> fit =
        all().filter(candidate -> Filters.refuse(request, candidate) == null).toList();
    return fit.isEmpty() ? none(request) : chosen(request, best.apply(fit));
  }

  /** Every host: why it does not fit, or after {@code fits: } what it is ranked by. */
  public SortedMap<String, String> explain(Request request) {
    SortedMap<String, String> hosts = new TreeMap<>();
    all()
        .forEach(
            candidate -> {
              String refusal = Filters.refuse(request, candidate);
              hosts.put(
                  candidate.host().hostname(),
                  refusal == null ? "fits: " + rank(request, candidate) : refusal);
            });
    return hosts;
  }

  private Choice none(Request request) {
    SortedMap<String, String> refused = new TreeMap<>();
    for (int host = 0; host < index().size(); host++) {
      Candidate candidate = index().at(host);
      refused.put(candidate.host().hostname(), String.valueOf(Filters.refuse(request, candidate)));
    }
    return new Choice(null, Choice.explain(refused), refused);
  }

  private static Choice chosen(Request request, Candidate best) {
    return Choice.of(best.host().hostname(), why(request, best));
  }

  private static String why(Request request, Candidate best) {
    return "best fit: " + rank(request, best);
  }

  private static String rank(Request request, Candidate best) {
    int siblings = best.siblings(request.job());
    return siblings
        + (siblings == 1 ? " job" : " jobs")
        + " of this service, load "
        + Choice.load(best);
  }
}
