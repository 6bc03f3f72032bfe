package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Names;
import java.util.Map;

/**
 * What a change asks for that the key of the service does not say.
 *
 * @param restarts by job, the newest incarnation that is to go
 * @param hosts by job or service, the host that it is to go to
 */
record Expected(Map<String, Long> restarts, Map<String, String> hosts) {

  static final Expected NOTHING = new Expected(Map.of(), Map.of());

  static Expected restarts(Map<String, Long> restarts) {
    return new Expected(restarts, Map.of());
  }

  static Expected hosts(Map<String, String> hosts) {
    return new Expected(Map.of(), hosts);
  }

  /** Whether this job, as its status says, is still what and where it was. */
  boolean isOld(String job, JsonNode status) {
    String host = hosts.getOrDefault(job, hosts.get(Names.serviceOf(job)));
    boolean isElsewhere = host != null && !host.equals(status.path("host").asText());
    return isElsewhere
        || status.path("incarnation").asLong(Long.MAX_VALUE) <= restarts.getOrDefault(job, 0L);
  }
}
