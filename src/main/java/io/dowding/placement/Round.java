package io.dowding.placement;

import io.dowding.model.Names;
import io.dowding.model.Service;
import io.dowding.model.Service.Strategy;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state for placing the jobs of one service one by one: how many there are per value of the
 * labels they spread over and, after many failed looks, an order of the hosts that fit.
 */
final class Round {

  private final Index index;
  private final String name;
  private final Service service;
  private final Demand demand;
  private final Grouping grouping;
  private final boolean hasPorts;

  /** The request of a job that has no host yet. */
  private final Request another;

  /** Hosts with all volumes of the service. */
  private final BitSet withData = new BitSet();

  /** By label and number of value. */
  private final int[][] jobsOfValue;

  private @Nullable Order order;
  private int looks;
  private @Nullable Order fit;
  private int[] siblings = {};
  private final Set<String> takers = new HashSet<>();
  private @Nullable Choice nowhere;

  Round(Index index, Request request) {
    this.index = index;
    name = Names.serviceOf(request.job());
    service = request.service();
    // No job has this id.
    another = new Request(name + ".", service, Map.of());
    demand = Demand.of(service);
    grouping = order().grouping;
    if (!service.container().mounts().isEmpty()) {
      index.withVolumes(service.container().namedVolumes()).forEach(withData::set);
    }
    hasPorts = service.container().ports().stream().anyMatch(port -> port.published() != 0);
    int labels = grouping.values.length;
    jobsOfValue = new int[labels][];
    for (int label = 0; label < labels; label++) {
      jobsOfValue[label] = new int[grouping.values[label]];
    }
    if (labels > 0) {
      index.whereabouts().forEach(name, (job, host) -> count(host, 1));
    }
  }

  boolean isOf(Request request) {
    return service.equals(request.service()) && name.equals(Names.serviceOf(request.job()));
  }

  String name() {
    return name;
  }

  Grouping grouping() {
    return grouping;
  }

  /** The order of all hosts that can meet its demand. */
  Order order() {
    Order known = order;
    if (known == null) {
      known = index.order(demand);
      order = known;
    }
    return known;
  }

  /** The old order belongs to another index. */
  void reorder() {
    order = null;
  }

  /** Hosts with all volumes of the service, if it has any. */
  BitSet withData() {
    return withData;
  }

  boolean packs() {
    return demand.strategy() == Strategy.BINPACK;
  }

  /** How many of its jobs are on hosts with the group's value of this label. */
  int jobs(int group, int label) {
    return jobsOfValue[label][grouping.valueOf[group][label]];
  }

  private void count(int host, int more) {
    int group = grouping.groupOf[host];
    for (int label = 0; label < jobsOfValue.length; label++) {
      jobsOfValue[label][grouping.valueOf[group][label]] += more;
    }
  }

  /** Runs a search without counting the job itself. */
  void without(String job, Runnable search) {
    int host = jobsOfValue.length == 0 ? Whereabouts.NOWHERE : index.whereabouts().of(job);
    if (host == Whereabouts.NOWHERE) {
      search.run();
      return;
    }
    count(host, -1);
    search.run();
    count(host, 1);
  }

  /** A job was added to a host, or removed. */
  void counted(String job, int host, int more) {
    if (name.equals(Names.serviceOf(job))) {
      count(host, more);
      if (fit != null) {
        siblings[host] += more;
      }
    }
  }

  void taken(String job) {
    if (hasPorts) {
      takers.add(job);
    }
  }

  void changed(int host) {
    nowhere = null;
    if (fit != null) {
      fit.update(host, isFit(host), this::isBetter);
    }
  }

  @Nullable Choice nowhere(Request request) {
    return fit == null || !isLikeOthers(request) ? null : nowhere;
  }

  void nowhere(Request request, Choice choice) {
    if (fit != null && isLikeOthers(request)) {
      nowhere = choice;
    }
  }

  /** Counts looks. After many, the hosts that fit are sorted for the next jobs. */
  void looked(int more) {
    looks += more;
    if (fit == null && looks > index.size()) {
      siblings = new int[index.size()];
      for (int host = 0; host < siblings.length; host++) {
        siblings[host] = index.at(host).siblings(another.job(), name);
        if (hasPorts) {
          index.at(host).taken().forEach(taken -> takers.add(taken.by()));
        }
      }
      fit = Order.of(grouping, this::isFit, this::isBetter);
    }
  }

  private boolean isFit(int host) {
    return order().has(host) && Filters.fitsForNow(another, index.at(host));
  }

  private boolean isBetter(int host, int other) {
    if (!packs() && siblings[host] != siblings[other]) {
      return siblings[host] < siblings[other];
    }
    if (withData.get(host) != withData.get(other)) {
      return withData.get(host);
    }
    return index.better(demand.strategy()).isBetter(host, other);
  }

  /** All hosts that fit, best first; or null if too few were looked at to know. */
  @Nullable Order fit(Request request) {
    return fit != null && isLikeOthers(request) ? fit : null;
  }

  /** Whether every host treats this job like any other job of its service. */
  private boolean isLikeOthers(Request request) {
    return request.avoid().isEmpty()
        && (!hasPorts || !takers.contains(request.job()))
        && index.whereabouts().of(request.job()) == Whereabouts.NOWHERE;
  }
}
