package io.dowding;

import java.util.List;
import java.util.Optional;

/**
 * Where a job is.
 *
 * @param allocated the host in its record
 * @param running its containers that exist, running or not
 */
public record Found(String id, Optional<String> allocated, List<Instance> running) {

  /**
   * A container.
   *
   * @param state Docker's state
   */
  public record Instance(String hostname, String container, String name, String state) {}
}
