package io.dowding;

import static java.util.Objects.requireNonNull;

import io.dowding.model.Host;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A host of the inventory, as passed to and returned by a {@link Scheduler}. Immutable.
 *
 * @param hostname a lower-case DNS name
 * @param docker {@code ssh://user@host:port}, {@code tcp://address:port}, {@code address:port} or
 *     {@code unix:///path}
 * @param tags for {@code node.tags} constraints
 * @param meta any other metadata
 * @param jobs the jobs that run there or were just allocated to it; set for a custom {@code
 *     leastBusy} strategy, empty in an inventory
 * @param load running containers plus jobs just allocated
 */
public record DockerHost(
    String hostname,
    String docker,
    Set<String> tags,
    Map<String, String> meta,
    Set<String> jobs,
    double load) {

  public DockerHost {
    requireNonNull(hostname, "hostname");
    requireNonNull(docker, "docker");
    requireNonNull(tags, "tags");
    requireNonNull(meta, "meta");
    requireNonNull(jobs, "jobs");
    tags = Set.copyOf(tags);
    meta = Map.copyOf(meta);
    jobs = Set.copyOf(jobs);
  }

  /** A host for an inventory. */
  public static DockerHost of(String hostname, String docker) {
    return new DockerHost(hostname, docker, Set.of(), Map.of(), Set.of(), 0);
  }

  /** A copy with these tags added. */
  public DockerHost tags(String... more) {
    Set<String> all = new TreeSet<>(tags);
    all.addAll(List.of(more));
    return new DockerHost(hostname, docker, all, meta, jobs, load);
  }

  /**
   * A copy with certificates of its own, instead of those of all hosts.
   *
   * @param directory with {@code ca.pem}, {@code cert.pem} and {@code key.pem}
   */
  public DockerHost certificates(Path directory) {
    return meta(Host.CERTIFICATES, directory.toAbsolutePath().toString());
  }

  /** A copy with this metadata added. */
  public DockerHost meta(String name, String value) {
    Map<String, String> all = new HashMap<>(meta);
    all.put(name, value);
    return new DockerHost(hostname, docker, tags, all, jobs, load);
  }
}
