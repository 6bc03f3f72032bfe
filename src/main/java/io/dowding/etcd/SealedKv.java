package io.dowding.etcd;

import io.dowding.keys.Key;
import io.dowding.model.Content;
import io.etcd.jetcd.ByteSequence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Encrypts secrets on their way into etcd, and decrypts them on their way out: the values below
 * {@code secrets/}, and the contents of secrets in the values below {@code versions/}. What was
 * written without encryption is read as it is. What cannot be decrypted stays encrypted, with the
 * reason in its {@link Sealing}. Without keys, nothing is encrypted. Thread-safe.
 */
public final class SealedKv extends PassingKv {

  private final String base;
  private final Keyring keyring;
  private final Consumer<String> onPlain;

  /**
   * @param kv is closed with this
   * @param base the base key, without a trailing slash
   */
  public SealedKv(Kv kv, String base, Keyring keyring) {
    this(kv, base, keyring, key -> {});
  }

  /**
   * @param onPlain receives the key, below the base key, of each secret that is read and is not
   *     encrypted although it could be; must not block
   */
  SealedKv(Kv kv, String base, Keyring keyring, Consumer<String> onPlain) {
    super(kv);
    this.base = base + "/";
    this.keyring = keyring;
    this.onPlain = onPlain;
  }

  /** Whether it has a key to encrypt with. */
  boolean encrypts() {
    return !keyring.isEmpty();
  }

  @Override
  public Listing range(String from, String end, long revision) {
    Listing found = super.range(from, end, revision);
    return new Listing(found.revision(), found.entries().stream().map(this::opened).toList());
  }

  @Override
  public Changes since(String from, String end, long revision) {
    Changes found = super.since(from, end, revision);
    return new Changes(
        found.revision(), found.entries().stream().map(this::opened).toList(), found.count());
  }

  @Override
  public Committed commit(List<Compare> compares, List<Write> writes) {
    return super.commit(
        compares, keyring.isEmpty() ? writes : writes.stream().map(this::sealed).toList());
  }

  @Override
  public Watcher watch(String from, String end, long revision, Watching watching) {
    return super.watch(
        from,
        end,
        revision,
        new Watching() {
          @Override
          public void changed(long at, List<Change> changes) {
            watching.changed(at, changes.stream().map(SealedKv.this::opened).toList());
          }

          @Override
          public void ended(String why) {
            watching.ended(why);
          }
        });
  }

  private Change opened(Change change) {
    Entry entry = change.entry();
    return entry == null ? change : new Change(change.key(), opened(entry), change.revision());
  }

  /** The key below the base key. */
  private String place(String key) {
    return key.startsWith(base) ? key.substring(base.length()) : "";
  }

  private Write sealed(Write write) {
    if (!(write instanceof Write.Put(String key, ByteSequence value, long lease))) {
      return write;
    }
    String place = place(key);
    if (place.startsWith(Key.SECRETS)) {
      return new Write.Put(key, keyring.seal(place, value.getBytes()), lease);
    }
    if (place.startsWith(Key.VERSIONS)) {
      String text = value.toString(StandardCharsets.UTF_8);
      try {
        return new Write.Put(key, new SealedVersions(place, keyring).sealed(text), lease);
      } catch (IOException | IllegalArgumentException unreadable) {
        throw EtcdException.refusal("its secrets cannot be encrypted, because it is not JSON");
      }
    }
    return write;
  }

  private Entry opened(Entry entry) {
    String place = place(entry.key());
    if (place.startsWith(Key.SECRETS)) {
      return secret(entry, place);
    }
    if (place.startsWith(Key.VERSIONS)) {
      SealedVersions versions = new SealedVersions(place, keyring);
      String text = versions.opened(entry.text());
      return entry.opened(text.getBytes(StandardCharsets.UTF_8), versions.sealing());
    }
    return entry;
  }

  private Entry secret(Entry entry, String place) {
    String text = entry.text();
    if (!Keyring.isSealed(text)) {
      if (!keyring.isEmpty()) {
        onPlain.accept(place);
      }
      return entry.opened(
          entry.value(), new Sealing(Set.of(Sealing.PLAIN), keyring.isEmpty(), null));
    }
    Keyring.Opened opened = keyring.open(place, text);
    boolean isCurrent = opened.key().equals(keyring.first());
    Content plain = opened.plain();
    return plain == null
        ? entry.opened(entry.value(), new Sealing(Set.of(opened.key()), false, opened.problem()))
        : entry.opened(plain.bytes(), new Sealing(Set.of(opened.key()), isCurrent, null));
  }
}
