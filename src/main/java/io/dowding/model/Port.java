package io.dowding.model;

import java.util.Comparator;

/**
 * A published port.
 *
 * @param hostIp the address on the host, or empty for all
 * @param published the port on the host; 0 lets the engine choose
 * @param target the port in the container
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}
 * @param among the ports on the host of which the engine chooses one, as {@code 8000-8010}; empty
 *     for any
 */
public record Port(String hostIp, int published, int target, String protocol, String among)
    implements Comparable<Port> {

  /** A fixed port of the host, or any. */
  public Port(String hostIp, int published, int target, String protocol) {
    this(hostIp, published, target, protocol, "");
  }

  /** Whether the two cannot be published on one host. */
  public boolean collidesWith(Port other) {
    return published != 0
        && published == other.published
        && protocol.equals(other.protocol)
        && (anyAddress() || other.anyAddress() || hostIp.equals(other.hostIp));
  }

  private boolean anyAddress() {
    return hostIp.isEmpty() || hostIp.equals("0.0.0.0") || hostIp.equals("::");
  }

  @Override
  public int compareTo(Port other) {
    return Comparator.comparingInt(Port::target)
        .thenComparing(Port::protocol)
        .thenComparingInt(Port::published)
        .thenComparing(Port::hostIp)
        .thenComparing(Port::among)
        .compare(this, other);
  }
}
