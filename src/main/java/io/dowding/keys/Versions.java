package io.dowding.keys;

import io.dowding.model.Service;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a service in addition to its key: {@code versions/<service>}.
 *
 * @param valid the last valid definition; stays in effect while the key is broken
 * @param good the last definition whose jobs were all good, the target of a rollback; or null
 * @param failed the definition that was rolled back, or null
 * @param earlier definitions that were good before {@code good}, the last one first
 */
public record Versions(
    Definition valid, @Nullable Definition good, @Nullable Failure failed, List<Earlier> earlier) {

  /** Without earlier definitions. */
  public Versions(Definition valid, @Nullable Definition good, @Nullable Failure failed) {
    this(valid, good, failed, List.of());
  }

  private static final int MOST_EARLIER = 5;

  /** What these may have of the room that a value in etcd has. */
  private static final int MOST_CHARACTERS = 128 * 1024;

  /**
   * A definition to go back to, as written. The contents of configs and secrets are not kept.
   *
   * @param digest of its image, or empty
   */
  public record Earlier(long generation, String json, String digest) {}

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
    return new Versions(another.meaning(digest), good, failed, earlier);
  }

  /** The earlier definitions once the last valid one is good: those, and the good one before it. */
  public List<Earlier> earlierOnceGood() {
    if (good == null || isGood()) {
      return earlier;
    }
    List<Earlier> kept = new ArrayList<>();
    kept.add(new Earlier(good.service().generation(), good.json(), good.digest()));
    kept.addAll(earlier);
    int characters = 0;
    int count = 0;
    while (count < Math.min(kept.size(), MOST_EARLIER)) {
      characters += kept.get(count).json().length();
      if (characters > MOST_CHARACTERS) {
        break;
      }
      count++;
    }
    return List.copyOf(kept.subList(0, count));
  }

  /** Sets the digest for containers with this hash. */
  public Versions meaning(String specHash, String digest) {
    return new Versions(
        meaning(valid, specHash, digest),
        good == null ? null : meaning(good, specHash, digest),
        failed,
        earlier);
  }

  private static Definition meaning(Definition of, String specHash, String digest) {
    return of.service().specHash().equals(specHash) ? of.meaning(digest) : of;
  }
}
