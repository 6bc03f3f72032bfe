package io.dowding.etcd;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a value is encrypted in etcd.
 *
 * @param keys the names of the keys that encrypt it or parts of it; {@link #PLAIN} for a secret
 *     that is not encrypted. Empty if the value holds no secret
 * @param isCurrent whether it would be written in the same way now
 * @param problem why it or a part of it cannot be decrypted, and so is still encrypted here; null
 *     if all of it is readable
 */
public record Sealing(Set<String> keys, boolean isCurrent, @Nullable String problem) {

  /** Stands for no key. */
  public static final String PLAIN = "";

  /** Of a value that holds no secret. */
  static final Sealing NONE = new Sealing(Set.of(), true, null);

  /** Whether it is a secret, or contains one, that anyone who can read etcd can read. */
  public boolean isPlain() {
    return keys.contains(PLAIN);
  }
}
