package io.dowding.sim;

import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A registry whose tags can move from one image to another. */
final class FakeRegistry {

  private final SortedMap<String, String> tags = new TreeMap<>();
  private final SortedMap<String, Set<String>> digests = new TreeMap<>();

  private final Set<String> failing = new TreeSet<>();

  FakeRegistry(String... tags) {
    for (String tag : tags) {
      push(tag);
    }
  }

  /** Moves the tag to a new image. */
  void push(String tag) {
    Set<String> all = digests.computeIfAbsent(tag, t -> new TreeSet<>());
    String digest = "sha256:%064x".formatted(tag.hashCode() * 1000L + all.size());
    all.add(digest);
    tags.put(tag, digest);
  }

  /** Moves the tag to a new image whose containers exit immediately with 1. */
  void pushFailing(String tag) {
    push(tag);
    failing.add(String.valueOf(tags.get(tag)));
  }

  /** Moves the tag back to an image that it has named. */
  void moveBack(String tag, String digest) {
    tags.put(tag, digest);
  }

  /** The newest digest of the tag whose containers do not fail; null if there is none. */
  @Nullable String newestGood(String tag) {
    String newest = null;
    for (String digest : digestsOf(tag)) {
      newest = fails(digest) ? newest : digest;
    }
    return newest;
  }

  boolean fails(String digest) {
    return failing.contains(digest);
  }

  Set<String> tags() {
    return tags.keySet();
  }

  /** Resolves a tag or digest; null if it is unknown. */
  @Nullable String digest(String name) {
    int at = name.indexOf('@');
    if (at < 0) {
      return tags.get(name);
    }
    String digest = name.substring(at + 1);
    return digests.values().stream().anyMatch(all -> all.contains(digest)) ? digest : null;
  }

  /** All digests that the tag has ever named. */
  Set<String> digestsOf(String tag) {
    return digests.getOrDefault(tag, Set.of());
  }
}
