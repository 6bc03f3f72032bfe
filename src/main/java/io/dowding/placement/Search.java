package io.dowding.placement;

import io.dowding.model.Constraint;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Finds the best host for one request. Looks at hosts in order until one fits that no other can
 * beat.
 */
final class Search {

  /** If this many in order do not fit, looking at all is cheaper. */
  private static final int PATIENCE = 8;

  private final Index index;
  private final Request request;
  private final Round round;
  private final Order order;
  private final Order.Better better;
  private int looks;
  private int best = Order.NONE;

  /** A part of a group, sorted by its best host. */
  private record Part(int group, int part, int best) {}

  private Search(Index index, Request request, Round round) {
    this.index = index;
    this.request = request;
    this.round = round;
    this.order = round.order();
    this.better = index.better(request.service().placement().strategy());
  }

  /** The number of the best host that fits, or {@link Order#NONE}. */
  static int best(Index index, Request request, Round round) {
    int[] best = {Order.NONE};
    round.without(
        request.job(),
        () -> {
          Order fit = round.fit(request);
          Search search = new Search(index, request, round);
          best[0] = fit == null ? search.run() : search.bestOf(fit);
        });
    return best[0];
  }

  /** Visits groups with the fewest jobs first; among equals, the best host first. */
  private int run() {
    for (Constraint constraint : request.service().placement().constraints()) {
      if (constraint.isOfHostname() && constraint.equal()) {
        int host = index.numberOf(constraint.value());
        if (host != Order.NONE && order.has(host)) {
          look(host);
        }
        return best;
      }
    }
    int groups = round.grouping().hosts.length;
    boolean[] done = new boolean[groups];
    int[] some = new int[groups];
    while (best == Order.NONE) {
      int count = fewest(order, done, some);
      if (count == 0) {
        break;
      }
      for (int i = 0; i < count; i++) {
        done[some[i]] = true;
      }
      search(some, count);
    }
    round.looked(looks);
    return best;
  }

  /**
   * @param some receives the groups that have a host, are not done, and have the fewest jobs
   * @return how many there are
   */
  private int fewest(Order of, boolean @Nullable [] done, int[] some) {
    int count = 0;
    for (int group = 0; group < some.length; group++) {
      if (of.best(group) == Order.NONE || (done != null && done[group])) {
        continue;
      }
      int compared = count == 0 ? -1 : compare(group, some[0]);
      if (compared < 0) {
        count = 0;
      }
      if (compared <= 0) {
        some[count++] = group;
      }
    }
    return count;
  }

  private int compare(int group, int other) {
    for (int label = 0; label < round.grouping().values.length; label++) {
      int compared = Integer.compare(round.jobs(group, label), round.jobs(other, label));
      if (compared != 0) {
        return compared;
      }
    }
    return 0;
  }

  private int bestOf(Order fit) {
    int[] some = new int[round.grouping().hosts.length];
    int count = fewest(fit, null, some);
    for (int i = 0; i < count; i++) {
      int host = fit.best(some[i]);
      best = best == Order.NONE || isBetter(host, best) ? host : best;
    }
    return best;
  }

  private void search(int[] groups, int count) {
    for (int host = round.withData().nextSetBit(0);
        host >= 0;
        host = round.withData().nextSetBit(host + 1)) {
      if (order.grouping.isAmong(host, groups, count) && order.has(host)) {
        look(host);
      }
    }
    if (best != Order.NONE && isUnbeaten(best)) {
      return;
    }
    int first = first(groups, count);
    if (look(first)) {
      return;
    }
    PriorityQueue<Part> parts =
        new PriorityQueue<>((a, b) -> better.isBetter(a.best(), b.best()) ? -1 : 1);
    for (int i = 0; i < count; i++) {
      parts.add(new Part(groups[i], 1, order.best(groups[i])));
    }
    int most = looks + PATIENCE + index.size() / PATIENCE;
    while (!parts.isEmpty()) {
      Part part = parts.remove();
      if (!order.isOne(part.group(), part.part())) {
        add(parts, part.group(), 2 * part.part());
        add(parts, part.group(), 2 * part.part() + 1);
      } else if (look(part.best())) {
        return;
      }
      if (looks > most) {
        lookAtAll(groups, count);
        return;
      }
    }
  }

  private void add(PriorityQueue<Part> parts, int group, int part) {
    int host = order.best(group, part);
    if (host != Order.NONE) {
      parts.add(new Part(group, part, host));
    }
  }

  private int first(int[] groups, int count) {
    int first = order.best(groups[0]);
    for (int i = 1; i < count; i++) {
      int host = order.best(groups[i]);
      first = better.isBetter(host, first) ? host : first;
    }
    return first;
  }

  private void lookAtAll(int[] groups, int count) {
    for (int i = 0; i < count; i++) {
      for (int host : order.grouping.hosts[groups[i]]) {
        if (order.has(host)) {
          look(host);
        }
      }
    }
  }

  /** Whether it fits and is better than any host that follows. */
  private boolean look(int host) {
    looks++;
    if (!Filters.fitsForNow(request, index.at(host))) {
      return false;
    }
    best = best == Order.NONE || isBetter(host, best) ? host : best;
    return isUnbeaten(host);
  }

  /**
   * Whether no host of this group, or of one with as many jobs, that follows in order is better.
   */
  private boolean isUnbeaten(int host) {
    return round.packs() || siblings(host) == 0;
  }

  private int siblings(int host) {
    return index.at(host).siblings(request.job(), round.name());
  }

  /**
   * Compares hosts whose groups have equally many jobs. A host with the data is better; but
   * replicas, which have separate data, spread first.
   */
  private boolean isBetter(int host, int other) {
    int siblings = round.packs() ? 0 : Integer.compare(siblings(host), siblings(other));
    if (siblings != 0) {
      return siblings < 0;
    }
    boolean hasData = round.withData().get(host);
    if (hasData != round.withData().get(other)) {
      return hasData;
    }
    return better.isBetter(host, other);
  }
}
