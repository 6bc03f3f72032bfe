package io.dowding;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A service: what should be, and what is.
 *
 * @param definition as it was written
 * @param state the agent's word for it ({@code running}, {@code pending} …), or {@code unknown}
 *     where no agent has looked at it yet
 * @param message why it is not as it should be, or empty
 * @param generation etcd's revision of the definition; it grows with every change
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
   * @param hostname where it is or is to be, or empty
   * @param reason why it does not run as it should, or empty
   */
  public record Job(String id, String hostname, String state, String reason) {}
}
