package io.dowding.placement;

import io.dowding.model.Port;
import io.dowding.model.Service.Strategy;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Hosts by number, in the order of their names, with indexes so that no search scans all hosts. A
 * draft shares everything that it has not changed with its original.
 */
final class Index {

  /** More kinds of requests than this are rare; their orders are then built again. */
  private static final int MOST_ORDERS = 64;

  private final @Nullable Index before;
  private final Map<String, Integer> numbers;
  private Candidate[] hosts;

  /** In a draft, the hosts that it has copied. */
  private final @Nullable BitSet touched;

  private final Map<List<String>, Grouping> groupings;
  private final Map<Demand, Order> orders = new HashMap<>();
  private @Nullable Whereabouts whereabouts;
  private @Nullable Map<String, Set<Integer>> volumes;
  private @Nullable Round round;

  Index(SortedMap<String, Candidate> all) {
    before = null;
    touched = null;
    hosts = all.values().toArray(Candidate[]::new);
    numbers = HashMap.newHashMap(hosts.length);
    for (String name : all.keySet()) {
      numbers.put(name, numbers.size());
    }
    groupings = new HashMap<>();
  }

  private Index(Index before) {
    this.before = before;
    touched = new BitSet();
    hosts = before.hosts;
    numbers = before.numbers;
    groupings = before.groupings;
  }

  Index draft() {
    return new Index(this);
  }

  int size() {
    return hosts.length;
  }

  Candidate at(int host) {
    return hosts[host];
  }

  /** Or {@link Order#NONE}. */
  int numberOf(String hostname) {
    return numbers.getOrDefault(hostname, Order.NONE);
  }

  /** Not for drafts. */
  void replace(int host, Candidate candidate) {
    Candidate old = hosts[host];
    hosts[host] = candidate;
    if (whereabouts != null) {
      for (String job : old.jobs()) {
        if (!candidate.has(job)) {
          whereabouts.remove(job, host);
        }
      }
      for (String job : candidate.jobs()) {
        whereabouts.put(job, host);
      }
    }
    if (volumes != null && !old.volumes().equals(candidate.volumes())) {
      old.volumes().forEach(name -> volumesOf(name).remove(host));
      candidate.volumes().forEach(name -> volumesOf(name).add(host));
    }
    round = null;
    orders.forEach(
        (demand, order) -> order.update(host, demand.admits(candidate), better(demand.strategy())));
  }

  /** A candidate that may be changed. */
  private Candidate touch(int host) {
    if (touched != null && !touched.get(host)) {
      if (touched.isEmpty()) {
        hosts = hosts.clone();
        if (round != null) {
          round.reorder();
        }
      }
      hosts[host] = hosts[host].copy();
      touched.set(host);
    }
    return hosts[host];
  }

  private void changed(int host) {
    orders.forEach(
        (demand, order) -> order.update(host, order.has(host), better(demand.strategy())));
  }

  void add(int host, String job, Predicate<Candidate> add) {
    if (add.test(touch(host))) {
      if (whereabouts != null) {
        whereabouts.put(job, host);
      }
      if (round != null) {
        round.counted(job, host, 1);
      }
      changed(host);
      note(host);
    }
  }

  void remove(int host, String job) {
    if (touch(host).remove(job)) {
      if (whereabouts != null) {
        whereabouts.remove(job, host);
      }
      if (round != null) {
        round.counted(job, host, -1);
      }
      changed(host);
      note(host);
    }
  }

  void take(int host, Port port, String job) {
    touch(host).take(port, job);
    if (round != null) {
      round.taken(job);
    }
    note(host);
  }

  private void note(int host) {
    if (round != null) {
      round.changed(host);
    }
  }

  /** Sorts the better host first, by this strategy. */
  Order.Better better(Strategy strategy) {
    return switch (strategy) {
      case SPREAD ->
          (host, other) -> {
            int load = Long.compare(hosts[host].exactLoad(), hosts[other].exactLoad());
            return load < 0 || (load == 0 && host < other);
          };
      case BINPACK ->
          (host, other) -> {
            int fullness = Long.compare(hosts[host].exactFullness(), hosts[other].exactFullness());
            int load = Long.compare(hosts[host].exactLoad(), hosts[other].exactLoad());
            int full = fullness == 0 ? load : fullness;
            return full > 0 || (full == 0 && host < other);
          };
    };
  }

  /** The order of all hosts that can meet a demand. */
  Order order(Demand demand) {
    Order known = orders.get(demand);
    if (known != null) {
      return known;
    }
    if (before != null && touched != null) {
      Order shared = before.order(demand);
      if (touched.isEmpty()) {
        return shared;
      }
      Order own = shared.copy();
      Order.Better better = better(demand.strategy());
      touched.stream().forEach(host -> own.update(host, own.has(host), better));
      orders.put(demand, own);
      return own;
    }
    if (orders.size() >= MOST_ORDERS) {
      orders.clear();
    }
    Grouping grouping =
        groupings.computeIfAbsent(demand.spreadOver(), labels -> new Grouping(hosts, labels));
    Order made = Order.of(grouping, host -> demand.admits(hosts[host]), better(demand.strategy()));
    orders.put(demand, made);
    return made;
  }

  Whereabouts whereabouts() {
    Whereabouts known = whereabouts;
    if (known != null) {
      return known;
    }
    Whereabouts made = new Whereabouts(before == null ? null : before.whereabouts());
    if (before != null && touched != null) {
      Index of = before;
      touched.stream().forEach(host -> of.at(host).jobs().forEach(job -> made.remove(job, host)));
      touched.stream().forEach(host -> hosts[host].jobs().forEach(job -> made.put(job, host)));
    } else {
      for (int host = 0; host < hosts.length; host++) {
        for (String job : hosts[host].jobs()) {
          made.put(job, host);
        }
      }
    }
    whereabouts = made;
    return made;
  }

  /** The hosts that have all of these volumes. A draft creates no volumes. */
  Collection<Integer> withVolumes(Collection<String> names) {
    if (before != null) {
      return before.withVolumes(names);
    }
    if (names.isEmpty()) {
      return List.of();
    }
    if (volumes == null) {
      volumes = new HashMap<>();
      for (int host = 0; host < hosts.length; host++) {
        for (String name : hosts[host].volumes()) {
          volumesOf(name).add(host);
        }
      }
    }
    Set<Integer> one = volumes.getOrDefault(names.iterator().next(), Collections.emptySet());
    return names.size() == 1
        ? one
        : one.stream().filter(host -> hosts[host].hasVolumes(names)).toList();
  }

  private Set<Integer> volumesOf(String name) {
    Map<String, Set<Integer>> all = volumes;
    return all == null ? new TreeSet<>() : all.computeIfAbsent(name, n -> new TreeSet<>());
  }

  /** The state for placing the jobs of one service one by one. */
  Round round(Request request) {
    Round known = round;
    if (known == null || !known.isOf(request)) {
      known = new Round(this, request);
      round = known;
    }
    return known;
  }
}
