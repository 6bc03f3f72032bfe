package io.dowding.docker;

import io.dowding.control.Engines;
import io.dowding.control.Event.Outcome;
import io.dowding.control.Pulses;
import io.dowding.control.Pulses.Pulse;
import io.dowding.control.Store.Sink;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Implements the loop's view of the Docker hosts. */
public final class DockerEngines implements Engines {

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final int MOST_NAMED = 20;

  /** Of a lane, beyond the deadline of its calls. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final DockerSettings settings;
  private final InstantSource clock;
  private final Start start;
  private final Map<String, Follower> followers = new HashMap<>();

  /** Follows one host until it is closed. */
  public interface Follower extends AutoCloseable {

    Host host();

    /** As {@link Engines#perform}. */
    Outcome perform(Action.OnHost action, @Nullable Duration atMost);

    @Override
    void close();
  }

  /** Starts following a host. */
  @FunctionalInterface
  public interface Start {
    Follower follow(Host host, Sink sink);
  }

  /**
   * @param base the base key, as in labels
   */
  public DockerEngines(DockerSettings settings, InstantSource clock, String base, Pulses pulses) {
    this(settings, clock, threads(settings, clock, new Calls(clock, base), pulses));
  }

  /** Follows each host by these means. */
  public DockerEngines(DockerSettings settings, InstantSource clock, Start start) {
    this.settings = settings;
    this.clock = clock;
    this.start = start;
  }

  private static Start threads(
      DockerSettings settings, InstantSource clock, Calls calls, Pulses pulses) {
    Duration longest = settings.call().plus(settings.ping().multipliedBy(3)).plus(LONGEST_PAUSE);
    return (host, sink) -> {
      Pulse pulse = pulses.minor("host-" + host.hostname(), longest);
      return new LaneThread(host, settings, clock, calls, sink, pulse);
    };
  }

  @Override
  public synchronized void follow(Collection<Host> hosts, Sink sink) {
    followers
        .values()
        .removeIf(
            follower -> {
              boolean left = !hosts.contains(follower.host());
              if (left) {
                follower.close();
              }
              return left;
            });
    List<Host> added =
        hosts.stream().filter(host -> !followers.containsKey(host.hostname())).toList();
    warn(added);
    added.forEach(host -> followers.put(host.hostname(), start.follow(host, sink)));
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
              + " set certificates for docker or each host, or insecure: true for each host where this is intended",
          plain.stream().limit(MOST_NAMED).toList(),
          plain.size() > MOST_NAMED ? " and " + (plain.size() - MOST_NAMED) + " more" : "");
    }
  }

  /** The certificates of the hosts that have their own, by hostname. */
  public synchronized Map<String, Path> certificates() {
    Map<String, Path> files = new TreeMap<>();
    followers.forEach(
        (hostname, follower) -> {
          String own = follower.host().certificates();
          if (own != null) {
            files.put(hostname, Path.of(own, "cert.pem"));
          }
        });
    return files;
  }

  @Override
  public Outcome perform(Action.OnHost action, @Nullable Duration atMost) {
    Follower follower = follower(action.host());
    return follower == null
        ? new Outcome.Failed(Fault.STALE, "no longer in the inventory", clock.instant())
        : follower.perform(action, atMost);
  }

  private synchronized @Nullable Follower follower(String hostname) {
    return followers.get(hostname);
  }

  @Override
  public synchronized void close() {
    followers.values().forEach(Follower::close);
    followers.clear();
  }
}
