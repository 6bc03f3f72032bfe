package io.dowding.model;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A machine of the inventory.
 *
 * @param hostname its name in keys, pins and constraints
 * @param docker where its Docker Engine answers: {@code tcp://address:port} or {@code unix://path}
 * @param tags what {@code node.tags} constraints ask for
 * @param meta anything else, for {@code node.labels.<name>} constraints
 * @param reserve what is kept free of it, beside all jobs; null for what the settings say
 */
public record Host(
    String hostname,
    String docker,
    Set<String> tags,
    Map<String, String> meta,
    @Nullable Resources reserve) {

  /** The field of meta data that says so. */
  public static final String INSECURE = "insecure";

  public Host {
    tags = Set.copyOf(tags);
    meta = Map.copyOf(meta);
  }

  /** One of which as much is kept free as of any other. */
  public Host(String hostname, String docker, Set<String> tags, Map<String, String> meta) {
    this(hostname, docker, tags, meta, null);
  }

  /** Whether it is known, and meant, that its engine is spoken to without encryption. */
  public boolean isInsecure() {
    return "true".equals(meta.get(INSECURE));
  }

  /** The address at which published ports of this host are reached; loopback for a unix socket. */
  public String address() {
    String rest = docker.substring(docker.indexOf("://") + 3);
    if (docker.startsWith("unix:")) {
      return "127.0.0.1";
    }
    int colon = rest.lastIndexOf(':');
    return colon < 0 ? rest : rest.substring(0, colon);
  }
}
