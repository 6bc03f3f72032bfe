package io.dowding.sim;

/** Decides how each notification is delivered: an event of an engine, or a revision of a watch. */
@FunctionalInterface
interface News {

  News ON_TIME = (number, from) -> Fate.ON_TIME;

  /**
   * Returns how to deliver this notification.
   *
   * @param number the number of earlier notifications
   * @param from {@code etcd} or a hostname
   */
  Fate of(int number, String from);

  /** How a notification is delivered. */
  enum Fate {
    ON_TIME,
    /** Not delivered. A watch of etcd cannot skip a revision, so it delivers nothing more. */
    DROPPED,
    /** Delivered some seconds late, and later notifications not before it. */
    DELAYED,
    DOUBLED,
    /** Delivered together with the next notification. */
    COALESCED
  }
}
