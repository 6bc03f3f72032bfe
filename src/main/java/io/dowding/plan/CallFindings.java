package io.dowding.plan;

import org.jspecify.annotations.Nullable;

/**
 * What calls for a job found out about its host.
 *
 * @param takenName the incarnation whose name another container uses, or 0
 * @param networkless the container that was created for a network which is gone, or empty
 */
record CallFindings(@Nullable Image image, long takenName, String networkless) {

  static final CallFindings NONE = new CallFindings(null, 0, "");

  /** Whether the image of a definition is on a host. */
  record Image(String host, String of, boolean present) {}

  CallFindings image(@Nullable Image found) {
    return new CallFindings(found, takenName, networkless);
  }

  CallFindings takenName(long incarnation) {
    return new CallFindings(image, incarnation, networkless);
  }

  CallFindings networkless(String container) {
    return new CallFindings(image, takenName, container);
  }
}
