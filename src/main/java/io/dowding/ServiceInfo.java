package io.dowding;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A service: desired and actual state.
 *
 * @param definition as written
 * @param state the agent's state of it ({@code running}, {@code pending} …), or {@code unknown} if
 *     no agent has looked at it yet
 * @param message why it is not as desired, or empty
 * @param generation etcd's revision of the definition; grows with every change
 * @param observedGeneration the generation that the agent acts on, or 0 if it has not looked yet
 */
public record ServiceInfo(
    String id,
    JsonNode definition,
    String state,
    int desired,
    int running,
    String message,
    long generation,
    long observedGeneration,
    List<Job> jobs) {

  /**
   * One of its jobs.
   *
   * @param hostname where it is or will be, or empty
   * @param reason why it does not run as desired, or empty
   */
  public record Job(String id, String hostname, String state, String reason) {}
}
