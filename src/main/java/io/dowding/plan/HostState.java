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
 * @param lastContact when it last answered, or since when it was tried in vain
 * @param unusable why nothing may be done there now (unreachable, not listed yet, held), or null.
 *     Only where this is null is {@code containers} all that is there
 * @param containers as last seen
 * @param seenAt when a container, by its id, was looked at last
 * @param ours those of them that are this cluster's
 * @param engine what it says of itself
 * @param volumes the names of its volumes, with those just made
 * @param renamed those that were this cluster's until somebody renamed them
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
}
