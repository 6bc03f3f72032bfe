package io.dowding.cli;

import io.dowding.etcd.KeyFile;
import io.dowding.etcd.Keyring;
import io.dowding.model.Names;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code encryption}: how secrets are kept in etcd.
 *
 * @param keys the first encrypts, all decrypt
 */
public record EncryptionPart(@Nullable List<KeyPart> keys) {

  /**
   * A key.
   *
   * @param file 32 random bytes in base64; only its owner may read it
   */
  public record KeyPart(@Nullable String name, @Nullable Path file) {}

  List<KeyPart> all() {
    return keys == null ? List.of() : keys;
  }

  /** What is wrong with the key at this place, or null. */
  @Nullable String problem(int n) {
    KeyPart key = all().get(n);
    if (key.name() == null || key.file() == null) {
      return "needs name and file";
    }
    if (!Names.isContent(key.name())) {
      return "name: must be letters, digits, _, . and -, at most 63";
    }
    return all().subList(0, n).stream().anyMatch(other -> key.name().equals(other.name()))
        ? "name: another key has this one"
        : null;
  }

  /**
   * Reads the keys.
   *
   * @throws IllegalArgumentException naming the file, if one cannot be used
   */
  Keyring keyring() {
    Keyring keyring = Keyring.EMPTY;
    for (KeyPart key : all()) {
      if (key.name() != null && key.file() != null) {
        keyring = keyring.with(key.name(), KeyFile.read(key.file()));
      }
    }
    return keyring;
  }
}
