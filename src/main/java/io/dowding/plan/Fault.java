package io.dowding.plan;

/** The kind of a failed call. The next action depends on it, not on the error message. */
public enum Fault {
  /** The host does not have the image. */
  NO_IMAGE,
  /** A network that the container was created for is gone; the container can never start. */
  NO_NETWORK,
  /** The name belongs to a container that is not ours. */
  NAME_TAKEN,
  /**
   * A problem of this host: a failed pull, a missing bind source, a port in use. Another host may
   * work.
   */
  HOST,
  /** The host's disk is full. Another host may work, or this one once it has space. */
  DISK,
  /** A problem of the service itself, such as a command that does not exist. */
  SPEC,
  /** No answer; the call may have been carried out. Look again before anything else. */
  LOST,
  /** The state behind the action has changed; nothing was done. */
  STALE,
  /** The host was not called because it has not been answering; nothing was done. */
  UNASKED,
  /** Another operation is in progress there; retry later. */
  BUSY
}
