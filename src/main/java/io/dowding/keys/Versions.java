package io.dowding.keys;

import io.dowding.model.Service;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a service in addition to its key: {@code versions/<service>}.
 *
 * @param valid the last valid definition; stays in effect while the key is broken
 * @param good the last definition whose jobs were all good, the target of a rollback; or null
 * @param failed the definition that was rolled back, or null
 */
public record Versions(Definition valid, @Nullable Definition good, @Nullable Failure failed) {

  /**
   * A definition, and its text as written.
   *
   * @param digest the digest that its tag resolved to when first pulled; empty if not known yet
   */
  public record Definition(Service service, String json, String digest) {

    boolean isSame(@Nullable Definition other) {
      return other != null && service.specHash().equals(other.service.specHash());
    }

    Definition meaning(String found) {
      return digest.isEmpty() ? new Definition(service, json, found) : this;
    }

    /** The service with its image pinned to the digest. */
    Service pinned() {
      return service.pinnedTo(digest);
    }
  }

  /**
   * A definition that was rolled back.
   *
   * @param generation the {@code mod_revision} of its key
   * @param spec its hash, which also changes with configs and secrets
   */
  public record Failure(long generation, String spec, String why) {

    boolean isOf(Service service) {
      return generation == service.generation() && spec.equals(service.specHash());
    }
  }

  /** The effective definition: the last valid one, unless it was rolled back. */
  public Service effective() {
    return isRolledBack() && good != null ? good.pinned().rollingBack() : valid.pinned();
  }

  /** Whether the last valid definition has the same containers as the last good one. */
  public boolean isGood() {
    return valid.isSame(good);
  }

  /** Whether the last valid definition was rolled back. */
  public boolean isRolledBack() {
    return failed != null && good != null && failed.isOf(valid.service());
  }

  /**
   * Replaces the last valid definition and keeps the good one. If the containers are the same as
   * those of a known definition, the digest is kept too.
   */
  public Versions withValid(Definition another) {
    String digest =
        another.isSame(valid)
            ? valid.digest()
            : good != null && another.isSame(good) ? good.digest() : "";
    return new Versions(another.meaning(digest), good, failed);
  }

  /** Sets the digest for containers with this hash. */
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
