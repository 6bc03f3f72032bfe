package io.dowding;

/**
 * The host of a job.
 *
 * @param id the job, or empty if only a host was asked for
 * @param docker the host's Docker endpoint, or empty if the host is not in the inventory
 * @param pinned whether a pin decided it
 * @param up whether the host answered when it was last asked, at most five seconds ago
 * @param reason why this host was chosen
 */
public record Placed(
    String id, String hostname, String docker, boolean pinned, boolean up, String reason) {}
