package io.dowding;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A host of the inventory, as given to and by a {@link Scheduler}. Immutable.
 *
 * @param hostname a DNS name in lower case
 * @param docker {@code tcp://address:port}, {@code address:port} or {@code unix:///path}
 * @param tags what {@code node.tags} constraints ask for
 * @param meta anything else that is known of it
 * @param jobs what runs there or was just allocated to it: filled in for a {@code leastBusy} of the
 *     user's own, empty in an inventory
 * @param load how busy it is: containers that run, and jobs just allocated
 */
public record DockerHost(
    String hostname,
    String docker,
    Set<String> tags,
    Map<String, String> meta,
    Set<String> jobs,
    double load) {

  public DockerHost {
    tags = Set.copyOf(tags);
    meta = Map.copyOf(meta);
    jobs = Set.copyOf(jobs);
  }

  /** A host for an inventory. */
  public static DockerHost of(String hostname, String docker) {
    return new DockerHost(hostname, docker, Set.of(), Map.of(), Set.of(), 0);
  }

  /** The same with these tags as well. */
  public DockerHost tags(String... more) {
    Set<String> all = new TreeSet<>(tags);
    all.addAll(Set.of(more));
    return new DockerHost(hostname, docker, all, meta, jobs, load);
  }

  /** The same with this as well. */
  public DockerHost meta(String name, String value) {
    Map<String, String> all = new HashMap<>(meta);
    all.put(name, value);
    return new DockerHost(hostname, docker, tags, all, jobs, load);
  }
}
