package io.dowding.plan;

import org.jspecify.annotations.Nullable;

/**
 * What calls for a job found out about its host.
 *
 * @param takenName the incarnation whose name another container uses, or 0
 * @param networkless the container that was created for a network which is gone, or empty
 */
record Findings(@Nullable Image image, long takenName, String networkless) {

  static final Findings NONE = new Findings(null, 0, "");

  /** Whether the image of a definition is on a host. */
  record Image(String host, String of, boolean present) {}

  Findings image(@Nullable Image found) {
    return new Findings(found, takenName, networkless);
  }

  Findings takenName(long incarnation) {
    return new Findings(image, incarnation, networkless);
  }

  Findings networkless(String container) {
    return new Findings(image, takenName, container);
  }
}
