package io.dowding.keys;

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

  /**
   * A definition, and its text as it was written.
   *
   * @param digest what its tag meant when it was first pulled; empty while nobody knows
   */
  public record Definition(Service service, String json, String digest) {

    boolean isSame(@Nullable Definition other) {
      return other != null && service.specHash().equals(other.service.specHash());
    }

    Definition meaning(String found) {
      return digest.isEmpty() ? new Definition(service, json, found) : this;
    }

    /** As it runs, of the image that its tag meant. */
    Service pinned() {
      return service.pinnedTo(digest);
    }
  }

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
  public Service effective() {
    return isRolledBack() && good != null ? good.pinned().rollingBack() : valid.pinned();
  }

  /** Whether the containers of the last valid definition are those that were good before. */
  public boolean isGood() {
    return valid.isSame(good);
  }

  /** Whether the last valid definition was given up for an earlier one. */
  public boolean isRolledBack() {
    return failed != null && good != null && failed.isOf(valid.service());
  }

  /**
   * With another last valid definition; what was good stays so. Where the containers would be the
   * same as of one that is known, so is the image that the tag means.
   */
  public Versions withValid(Definition another) {
    String digest =
        another.isSame(valid)
            ? valid.digest()
            : good != null && another.isSame(good) ? good.digest() : "";
    return new Versions(another.meaning(digest), good, failed);
  }

  /** Where containers of this hash are to be made, it is of the image with this digest. */
  public Versions meaning(String specHash, String digest) {
    return new Versions(
        meaning(valid, specHash, digest),
        good == null ? null : meaning(good, specHash, digest),
        failed);
  }

  private static Definition meaning(Definition of, String specHash, String digest) {
    return of.service().specHash().equals(specHash) ? of.meaning(digest) : of;
  }
}
