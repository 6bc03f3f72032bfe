package io.dowding.model;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A machine of the inventory.
 *
 * @param hostname its name in keys, pins and constraints
 * @param docker the endpoint of its Docker Engine: {@code ssh://user@host:port}, {@code
 *     tcp://address:port} or {@code unix://path}
 * @param tags for {@code node.tags} constraints
 * @param meta anything else, for {@code node.labels.<name>} constraints
 * @param reserve what is kept free on it; null for the configured default
 */
public record Host(
    String hostname,
    String docker,
    Set<String> tags,
    Map<String, String> meta,
    @Nullable Resources reserve) {

  /** The metadata field that permits an unencrypted connection. */
  public static final String INSECURE = "insecure";

  /** The metadata field with the address of published ports, if it is not the engine's. */
  public static final String ADDRESS = "address";

  /** The metadata field with the directory of this host's certificates. */
  public static final String CERTIFICATES = "certificates";

  public Host {
    tags = Set.copyOf(tags);
    meta = Map.copyOf(meta);
  }

  /** A host with the default reserve. */
  public Host(String hostname, String docker, Set<String> tags, Map<String, String> meta) {
    this(hostname, docker, tags, meta, null);
  }

  /** Whether an unencrypted connection to its engine is intended. */
  public boolean isInsecure() {
    return "true".equals(meta.get(INSECURE));
  }

  /** The directory of this host's certificates; null for that of all hosts. */
  public @Nullable String certificates() {
    return meta.get(CERTIFICATES);
  }

  /** The address of this host's published ports. */
  public String address() {
    return meta.getOrDefault(ADDRESS, engineAddress());
  }

  /** The address of its engine; loopback for a Unix socket. */
  public String engineAddress() {
    SshEndpoint ssh = SshEndpoint.of(docker);
    if (ssh != null) {
      return ssh.address();
    }
    String rest = docker.substring(docker.indexOf("://") + 3);
    if (docker.startsWith("unix:")) {
      return "127.0.0.1";
    }
    int colon = rest.lastIndexOf(':');
    return colon < 0 ? rest : rest.substring(0, colon);
  }
}
