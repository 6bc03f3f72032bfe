package io.dowding;

/**
 * Something changed in etcd.
 *
 * @param id the service or the job
 * @param present false if it was removed
 */
public record Change(Kind kind, String id, boolean present) {

  /** What changed. */
  public enum Kind {
    SERVICE,
    PIN,
    ALLOCATION
  }
}
