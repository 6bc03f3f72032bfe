package io.dowding;

import java.util.List;
import java.util.Optional;

/**
 * Where a job is.
 *
 * @param allocated the host that it is recorded on
 * @param running the containers that really are there for it, running or not
 */
public record Found(String id, Optional<String> allocated, List<Instance> running) {

  /**
   * A container.
   *
   * @param state Docker's word
   */
  public record Instance(String hostname, String container, String name, String state) {}
}
