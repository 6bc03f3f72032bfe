package io.dowding;

/**
 * Where a job is to be.
 *
 * @param id the job, or empty where only a host was asked for
 * @param docker the host's Docker endpoint, or empty where the inventory does not have the host
 * @param pinned a pin decided it
 * @param up whether the host answers now
 * @param reason why this host
 */
public record Placed(
    String id, String hostname, String docker, boolean pinned, boolean up, String reason) {}
