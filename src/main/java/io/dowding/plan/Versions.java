package io.dowding.plan;

import io.dowding.model.Service;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a service beside its key: {@code versions/<service>}.
 *
 * @param valid the last definition that could be used; goes on while the key is broken
 * @param good the last one whose jobs were all good, which a roll-back goes to; or null
 * @param failed the definition that was given up for it, or null
 */
public record Versions(Definition valid, @Nullable Definition good, @Nullable Failure failed) {

  /** A definition, and its text as it was written. */
  public record Definition(Service service, String json) {}

  /**
   * A definition that was given up.
   *
   * @param generation the {@code mod_revision} of the key that had it
   * @param spec its hash, which also changes with the contents of other keys
   */
  public record Failure(long generation, String spec, String why) {

    boolean isOf(Service service) {
      return generation == service.generation() && spec.equals(service.specHash());
    }
  }

  /** The definition that is to run: not the last valid one, if that was given up. */
  public Service inForce() {
    return isRolledBack() && good != null ? good.service().rollingBack() : valid.service();
  }

  /** Whether the last valid definition was given up for an earlier one. */
  public boolean isRolledBack() {
    return failed != null && good != null && failed.isOf(valid.service());
  }

  /** With another last valid definition; what was good stays so. */
  public Versions withValid(Definition another) {
    return new Versions(another, good, failed);
  }
}
