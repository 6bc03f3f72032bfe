package io.dowding.sim;

/** Decides what becomes of each piece of news: an event of an engine, or a revision of a watch. */
@FunctionalInterface
interface News {

  News ON_TIME = (number, from) -> Fate.ON_TIME;

  /**
   * What becomes of it.
   *
   * @param number of all the news there was, from 0
   * @param from {@code etcd} or a hostname
   */
  Fate of(int number, String from);

  /** What becomes of it. */
  enum Fate {
    ON_TIME,
    /** It is never told. A watch of etcd loses nothing alone: it is silent from then on. */
    DROPPED,
    /** It is told some seconds later, and what comes after it no sooner. */
    DELAYED,
    DOUBLED,
    /** It is told together with what comes next, as one. */
    COALESCED
  }
}
