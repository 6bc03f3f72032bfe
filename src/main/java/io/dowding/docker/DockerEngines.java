package io.dowding.docker;

import io.dowding.control.Engines;
import io.dowding.control.Event.Outcome;
import io.dowding.control.Store.Sink;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Implements the loop's view of the Docker hosts. */
public final class DockerEngines implements Engines {

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final int MOST_NAMED = 20;

  private final DockerSettings settings;
  private final InstantSource clock;
  private final Calls calls;
  private final Map<String, Lane> lanes = new HashMap<>();

  /**
   * @param base the base key, as in labels
   */
  public DockerEngines(DockerSettings settings, InstantSource clock, String base) {
    this.settings = settings;
    this.clock = clock;
    this.calls = new Calls(clock, base);
  }

  @Override
  public synchronized void follow(Collection<Host> hosts, Sink sink) {
    lanes
        .values()
        .removeIf(
            lane -> {
              boolean left = !hosts.contains(lane.host());
              if (left) {
                lane.close();
              }
              return left;
            });
    warn(hosts.stream().filter(host -> !lanes.containsKey(host.hostname())).toList());
    for (Host host : hosts) {
      if (!lanes.containsKey(host.hostname())) {
        Lane lane = new Lane(host, settings, clock, calls, sink);
        lanes.put(host.hostname(), lane);
        lane.start();
      }
    }
  }

  private void warn(List<Host> hosts) {
    List<String> plain =
        hosts.stream()
            .filter(host -> settings.isPlain(host) && !host.isInsecure())
            .map(Host::hostname)
            .toList();
    if (!plain.isEmpty() && !settings.requireTls()) {
      log.warn(
          "hosts without encryption hosts={}{}: anyone on the network path can become root there;"
              + " set docker.certificates, or insecure: true for each host where this is intended",
          plain.stream().limit(MOST_NAMED).toList(),
          plain.size() > MOST_NAMED ? " and " + (plain.size() - MOST_NAMED) + " more" : "");
    }
  }

  @Override
  public Outcome perform(Action.OnHost action, @Nullable Duration atMost) {
    Lane lane = lane(action.host());
    return lane == null
        ? new Outcome.Failed(Fault.STALE, "no longer in the inventory", clock.instant())
        : lane.perform(action, atMost);
  }

  private synchronized @Nullable Lane lane(String hostname) {
    return lanes.get(hostname);
  }

  @Override
  public synchronized void close() {
    lanes.values().forEach(Lane::close);
    lanes.clear();
  }
}
