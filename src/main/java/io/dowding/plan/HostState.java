package io.dowding.plan;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Ownership.Owned;
import io.dowding.model.Reach;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
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
 * @param renamed those that were this cluster's until somebody renamed them
 */
public record HostState(
    Host host,
    Availability word,
    Reach reach,
    Instant lastContact,
    @Nullable String unusable,
    Collection<Container> containers,
    List<Owned> ours,
    List<Owned> renamed,
    Function<String, Instant> seenAt) {

  public boolean usable() {
    return unusable == null;
  }
}
