package io.dowding.plan;

import io.dowding.model.Availability;
import io.dowding.placement.Candidate;
import io.dowding.placement.Filters;
import io.dowding.placement.Request;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hosts that may still answer for the first time. New jobs wait for those that they could go to:
 * else the first to answer would get all of them, and nothing moves them later.
 */
final class Awaited {

  private final Pass pass;
  private final List<HostState> hosts;

  Awaited(Pass pass) {
    this.pass = pass;
    Settings settings = pass.situation.settings();
    this.hosts =
        pass.situation.hosts().values().stream()
            .filter(host -> host.word() == Availability.ACTIVE)
            .filter(host -> isDue(host.awaitedUntil(settings)))
            .toList();
  }

  private boolean isDue(@Nullable Instant until) {
    return until != null && pass.now().isBefore(until);
  }

  /** Why a new job waits to be placed, or null. */
  @Nullable String waits(Request request) {
    List<String> names =
        hosts.stream().filter(host -> mayTake(request, host)).map(this::awaited).toList();
    if (names.isEmpty()) {
      return null;
    }
    return "waiting for "
        + names.getFirst()
        + (names.size() == 1 ? "" : " and " + (names.size() - 1) + " more")
        + " to answer, for at most "
        + pass.situation.settings().unknownAfter().toSeconds()
        + " s, so that jobs do not crowd onto the other hosts";
  }

  private boolean mayTake(Request request, HostState host) {
    Candidate candidate = pass.fleet.host(host.host().hostname());
    return candidate != null && Filters.constraints(request, candidate) == null;
  }

  private String awaited(HostState host) {
    pass.wakeAt(host.awaitedUntil(pass.situation.settings()));
    return host.host().hostname();
  }
}
