package io.dowding.etcd;

import io.dowding.keys.KeyProblem;
import io.dowding.model.Content;
import io.dowding.model.Names;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys that encrypt secrets in etcd, with AES-256 in Galois/Counter Mode. The first one
 * encrypts; all decrypt. An encrypted value is {@code dowding:aesgcm:v1:}, the name of its key, a
 * colon, and in base64 a random nonce of 96 bits followed by the ciphertext and its tag. It can be
 * read only in the place that it was written for. Never shows a key. Immutable and thread-safe.
 */
public final class Keyring {

  /** Without keys: encrypts nothing, and recognizes what is encrypted. */
  public static final Keyring EMPTY = new Keyring(List.of());

  /** The size of a key. */
  static final int KEY_BYTES = 32;

  private static final String FAMILY = "dowding:aesgcm:";
  private static final String VERSION = "v1:";
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final List<Named> keys;

  private record Named(String name, SecretKeySpec key) {}

  /**
   * What an encrypted text says.
   *
   * @param plain null if it cannot be decrypted
   * @param key the name of its key, as far as it can be read
   * @param problem empty if it was decrypted
   */
  record Opened(@Nullable Content plain, String key, String problem) {

    private static Opened unusable(String key, String problem) {
      return new Opened(null, key, KeyProblem.ENCRYPTED + problem);
    }
  }

  private Keyring(List<Named> keys) {
    this.keys = keys;
  }

  /**
   * These keys, and one more.
   *
   * @throws IllegalArgumentException if the name is used already, or is not letters, digits, _, .
   *     and -; or if the key does not have 32 bytes
   */
  public Keyring with(String name, byte[] key) {
    if (!Names.isContent(name)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not the name of a key: letters, digits, _, . and -, at most 63");
    }
    if (find(name) != null) {
      throw new IllegalArgumentException("two keys are named \"" + name + '"');
    }
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "the key \"%s\" has %d bytes, not %d".formatted(name, key.length, KEY_BYTES));
    }
    List<Named> all = new ArrayList<>(keys);
    all.add(new Named(name, new SecretKeySpec(key, "AES")));
    return new Keyring(List.copyOf(all));
  }

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  /** The name of the key that encrypts; {@link Sealing#PLAIN} if there is none. */
  public String first() {
    return keys.isEmpty() ? Sealing.PLAIN : keys.getFirst().name();
  }

  private @Nullable Named find(String name) {
    return keys.stream().filter(key -> key.name().equals(name)).findFirst().orElse(null);
  }

  /** Whether this is encrypted, by this release or another one. */
  static boolean isSealed(String text) {
    return text.startsWith(FAMILY);
  }

  /**
   * Encrypts with the first key, differently each time.
   *
   * @param place where the value will be
   * @throws IllegalStateException if there are no keys
   */
  String seal(String place, byte[] plain) {
    if (keys.isEmpty()) {
      throw new IllegalStateException("there is no key to encrypt with");
    }
    Named with = keys.getFirst();
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      byte[] cipher = cipher(Cipher.ENCRYPT_MODE, with, nonce, place).doFinal(plain);
      byte[] all = Arrays.copyOf(nonce, NONCE_BYTES + cipher.length);
      System.arraycopy(cipher, 0, all, NONCE_BYTES, cipher.length);
      return FAMILY
          + VERSION
          + with.name()
          + ':'
          + Base64.getEncoder().withoutPadding().encodeToString(all);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Decrypts what {@link #isSealed is encrypted}. */
  Opened open(String place, String sealed) {
    String rest = sealed.substring(FAMILY.length());
    if (!rest.startsWith(VERSION)) {
      return Opened.unusable(
          "?", "its format is unknown; a newer release may have written it, so use that one");
    }
    int colon = rest.indexOf(':', VERSION.length());
    String name = colon < 0 ? "" : rest.substring(VERSION.length(), colon);
    byte[] all = colon < 0 ? null : decoded(rest.substring(colon + 1));
    if (!Names.isContent(name) || all == null || all.length < NONCE_BYTES + TAG_BITS / 8) {
      return Opened.unusable("?", "it is damaged");
    }
    Named with = find(name);
    if (with == null) {
      return Opened.unusable(
          name, "there is no encryption key \"" + name + "\" in the configuration");
    }
    try {
      byte[] nonce = Arrays.copyOf(all, NONCE_BYTES);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, with, nonce, place);
      byte[] plain = cipher.doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
      return new Opened(Content.of(plain), name, "");
    } catch (AEADBadTagException changed) {
      return Opened.unusable(
          name,
          "the encryption key \""
              + name
              + "\" is not the one that it was written with, or it was changed or copied from"
              + " another key in etcd");
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Cipher cipher(int mode, Named with, byte[] nonce, String place)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, with.key(), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static byte @Nullable [] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  @Override
  public String toString() {
    return "encryption keys " + keys.stream().map(Named::name).toList();
  }
}
