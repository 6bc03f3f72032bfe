package io.dowding;

import io.dowding.keys.StoreChange;
import java.util.Optional;

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

  static Optional<Change> of(StoreChange key) {
    return switch (key) {
      case StoreChange.OfService of ->
          Optional.of(new Change(Kind.SERVICE, of.name(), of.value() != null));
      case StoreChange.OfPin of ->
          Optional.of(new Change(Kind.PIN, of.subject(), of.value() != null));
      case StoreChange.OfAllocation of ->
          Optional.of(new Change(Kind.ALLOCATION, of.job(), of.value() != null));
      default -> Optional.empty();
    };
  }
}
