package io.dowding.plan;

import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Reach;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A host at the moment of a decision.
 *
 * @param lastContact when it last answered, or since when it was tried in vain
 * @param unusable why nothing may be done there now (unreachable, not listed yet, held), or null.
 *     Only where this is null is {@code containers} all that is there
 * @param containers as last seen
 */
public record HostState(
    Host host,
    Availability word,
    Reach reach,
    Instant lastContact,
    @Nullable String unusable,
    Collection<Container> containers) {

  public boolean usable() {
    return unusable == null;
  }
}
