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
 * @param bad digests that the tag of {@code valid} was found to mean, and that failed
 * @param replaced images of definitions that were replaced before they were good; some of their
 *     jobs may still run
 */
public record Versions(
    Definition valid,
    @Nullable Definition good,
    @Nullable Failure failed,
    List<Earlier> earlier,
    List<String> bad,
    List<Replaced> replaced) {

  /** Without earlier definitions. */
  public Versions(Definition valid, @Nullable Definition good, @Nullable Failure failed) {
    this(valid, good, failed, List.of(), List.of(), List.of());
  }

  private static final int MOST_EARLIER = 5;

  private static final int MOST_BAD = 20;

  private static final int MOST_REPLACED = 5;

  /** What these may have of the room that a value in etcd has. */
  private static final int MOST_CHARACTERS = 128 * 1024;

  /**
   * A definition to go back to, as written. The contents of configs and secrets are not kept.
   *
   * @param digest of its image, or empty
   */
  public record Earlier(long generation, String json, String digest) {}

  /**
   * The image of a definition that was replaced.
   *
   * @param spec the hash of its containers as written
   * @param moved as in {@link Definition}
   */
  public record Replaced(String spec, String digest, boolean moved) {}

  /**
   * A definition, and its text as written.
   *
   * @param digest the digest that its tag resolves to; empty if not known yet
   * @param moved whether the tag resolved to another one when it was first pulled
   */
  public record Definition(Service service, String json, String digest, boolean moved) {

    /** With the digest of the first pull. */
    public Definition(Service service, String json, String digest) {
      this(service, json, digest, false);
    }

    /** The hash of its containers, which a tag that moves changes. */
    public String spec() {
      return moved ? service.specHash() + "@" + digest : service.specHash();
    }

    boolean isSame(@Nullable Definition other) {
      return other != null && spec().equals(other.spec());
    }

    /** Whether they differ in nothing but what the tag of their image means. */
    public boolean isWrittenAs(@Nullable Definition other) {
      return other != null && service.specHash().equals(other.service.specHash());
    }

    private boolean follows() {
      return !service.container().pullPolicy().follow().isZero();
    }

    Definition meaning(String found) {
      return digest.isEmpty() ? new Definition(service, json, found) : this;
    }

    private Definition meaningAs(Definition other) {
      return new Definition(service, json, other.digest, other.moved);
    }

    private Definition meaningAs(List<Replaced> known) {
      return known.stream()
          .filter(one -> one.spec().equals(service.specHash()))
          .findFirst()
          .map(one -> new Definition(service, json, one.digest(), one.moved()))
          .orElse(this);
    }

    /** The service with its image pinned to the digest. */
    Service pinned() {
      Service pinned = service.pinnedTo(digest);
      return moved ? pinned.moved(spec()) : pinned;
    }
  }

  /**
   * A definition that was rolled back.
   *
   * @param generation the {@code mod_revision} of its key
   * @param spec its hash, which also changes with configs and secrets
   */
  public record Failure(long generation, String spec, String why) {

    /** The same containers, written once more. */
    Failure of(Service again) {
      return new Failure(again.generation(), spec, why);
    }

    boolean isOf(Definition definition) {
      return generation == definition.service().generation() && spec.equals(definition.spec());
    }
  }

  /** The effective definition: the last valid one, unless it was rolled back. */
  public Service effective() {
    Definition target = good;
    if (isRolledBack() && target != null) {
      // If only the tag moved, everything else is as it was last written.
      return (isMoveFrom(target) ? valid.meaningAs(target) : target).pinned().rollingBack();
    }
    return valid.moved() && isMoveFrom(target) ? valid.pinned().revocable() : valid.pinned();
  }

  private boolean isMoveFrom(@Nullable Definition other) {
    return valid.isWrittenAs(other) && !valid.isSame(other);
  }

  /** Whether what was rolled back, or would be now, is another digest of the same tag. */
  public boolean isMove() {
    return isMoveFrom(good);
  }

  /** Whether the last valid definition has the same containers as the last good one. */
  public boolean isGood() {
    return valid.isSame(good);
  }

  /** Whether the last valid definition was rolled back. */
  public boolean isRolledBack() {
    return failed != null && good != null && failed.isOf(valid);
  }

  /**
   * Replaces the last valid definition and keeps the good one. The digest is kept too if the
   * containers are the same as those of a known definition, so that all jobs with the same spec
   * hash use the same image, or if the tag is followed and still the same. A digest that failed
   * stays rolled back until the containers change.
   */
  public Versions withValid(Definition another) {
    boolean same = another.isWrittenAs(valid);
    Definition target = good;
    Failure failure = failed;
    Definition like = !same && another.isWrittenAs(target) && target != null ? target : valid;
    if (target != null && failure != null && isRolledBack() && isMove()) {
      if (same && another.follows()) {
        return new Versions(
            another.meaningAs(valid),
            target,
            failure.of(another.service()),
            earlier,
            bad,
            replaced);
      }
      like = target;
    }
    Definition now = another;
    if (another.isWrittenAs(like) && !like.digest().isEmpty()) {
      now = another.meaningAs(like);
    } else if (another.follows() && isOfTag(like, another)) {
      now = another.meaning(like.digest());
    } else {
      now = another.meaningAs(replaced);
    }
    // The same containers are as good: a rollback then keeps the number of jobs that was set last.
    Definition best = now.isSame(target) ? now : target;
    return new Versions(
        now, best, failed, earlier, same ? bad : List.of(), same ? replaced : replacedBy(another));
  }

  private List<Replaced> replacedBy(Definition another) {
    List<Replaced> all = new ArrayList<>(replaced);
    if (!valid.digest().isEmpty() && !valid.isWrittenAs(good)) {
      all.add(new Replaced(valid.service().specHash(), valid.digest(), valid.moved()));
    }
    all.removeIf(one -> one.spec().equals(another.service().specHash()));
    return List.copyOf(all.subList(Math.max(0, all.size() - MOST_REPLACED), all.size()));
  }

  private static boolean isOfTag(Definition one, Definition other) {
    return one.service().container().image().equals(other.service().container().image());
  }

  /** Whether the tag should be followed to this digest, which it was found to mean. */
  public boolean follows(String digest) {
    return valid.follows()
        && (!isRolledBack() || isMove())
        && !valid.digest().isEmpty()
        && !digest.equals(valid.digest())
        && !bad.contains(digest);
  }

  /** The same, with what the tag now points to. */
  public Versions movedTo(String digest) {
    Definition last = good;
    boolean isBack =
        last != null && last.isWrittenAs(valid) && last.digest().equals(digest) && !last.moved();
    Definition now = new Definition(valid.service(), valid.json(), digest, !isBack);
    return new Versions(now, last, failed, earlier, bad, replaced);
  }

  /** The same, after the last valid definition failed and will be rolled back. */
  public Versions failedFor(String why) {
    List<String> worse = new ArrayList<>(bad);
    if (isMove()) {
      worse.add(valid.digest());
    }
    return new Versions(
        valid,
        good,
        new Failure(valid.service().generation(), valid.spec(), why),
        earlier,
        List.copyOf(worse.subList(Math.max(0, worse.size() - MOST_BAD), worse.size())),
        replaced);
  }

  /** The same, while or after the last valid definition is rolled out. */
  public Versions rolledOut(boolean isGood) {
    return new Versions(
        valid,
        isGood ? valid : good,
        null,
        isGood ? earlierOnceGood() : earlier,
        bad,
        isGood ? List.of() : replaced);
  }

  /** The earlier definitions once the last valid one is good: those, and the good one before it. */
  public List<Earlier> earlierOnceGood() {
    if (good == null || isGood()) {
      return earlier;
    }
    List<Earlier> kept = new ArrayList<>();
    kept.add(new Earlier(good.service().generation(), good.json(), good.digest()));
    // Of a tag that moved often, only the digest before the last is kept.
    earlier.stream()
        .filter(one -> one.generation() != good.service().generation())
        .forEach(kept::add);
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
        earlier,
        bad,
        replaced);
  }

  private static Definition meaning(Definition of, String specHash, String digest) {
    return of.service().specHash().equals(specHash) ? of.meaning(digest) : of;
  }
}
