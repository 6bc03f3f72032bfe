package io.dowding.plan;

/** What kind of failure a call met: what is done next depends on it, not on its words. */
public enum Fault {
  /** The host does not have the image. */
  NO_IMAGE,
  /** A network that the container was made for has gone: it can never be started. */
  NO_NETWORK,
  /** The name belongs to a container that is not ours. */
  NAME_TAKEN,
  /** Something of this host: no pull, no bind source, a port taken. Another host may do. */
  HOST,
  /** The host's disk is full. Another host may do; this one may, once there is room. */
  DISK,
  /** The service itself: a command that does not exist, say. */
  SPEC,
  /** No reply: it may have been done. Look again before anything else. */
  LOST,
  /** What the action was based on has changed; nothing was done. */
  STALE,
  /** The host was not asked at all, for it has not answered of late; nothing was done. */
  UNASKED,
  /** Something else is under way there; later. */
  BUSY
}
