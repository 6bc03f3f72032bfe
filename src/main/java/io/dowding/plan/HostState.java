package io.dowding.plan;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.EngineInfo;
import io.dowding.model.Host;
import io.dowding.model.Ownership.Owned;
import io.dowding.model.Reach;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A host at the moment of a decision.
 *
 * @param lastContact when it last answered, or since when it has been tried
 * @param unusable why nothing may be done there now (unreachable, not listed yet, held), or null.
 *     {@code containers} is complete only if this is null
 * @param containers as last seen
 * @param seenAt when a container was last seen, by id
 * @param ours those that belong to this cluster
 * @param engine what the engine reports about itself
 * @param volumes the names of its volumes, including those just created
 * @param renamed those that belonged to this cluster until someone renamed them
 */
public record HostState(
    Host host,
    Availability word,
    Reach reach,
    Instant lastContact,
    @Nullable String unusable,
    List<Container> containers,
    List<Owned> ours,
    List<Owned> renamed,
    EngineInfo engine,
    Set<String> volumes,
    Function<String, Instant> seenAt) {

  public boolean usable() {
    return unusable == null;
  }

  /**
   * Until when a host that has not answered yet is waited for, as after a start of the agent; null
   * if it has answered. A host that was unreachable for an earlier agent has had its time.
   */
  @Nullable Instant awaitedUntil(Settings settings) {
    return reach == Reach.UNKNOWN && engine.equals(EngineInfo.UNKNOWN)
        ? lastContact.plus(settings.unknownAfter())
        : null;
  }
}
