package io.dowding.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a file. It may be a secret, so {@code toString} returns a hash and no message can
 * leak it.
 */
public final class Content {

  private static final int HASH_BYTES = 12;

  private final byte[] bytes;

  /** Computed when first needed; always to the same value, so threads may race. */
  private @Nullable String hash;

  private Content(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Content of(byte[] bytes) {
    return new Content(bytes.clone());
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  public int size() {
    return bytes.length;
  }

  /** The hash of the bytes; equal content has an equal hash. */
  public String hash() {
    String known = hash;
    if (known == null) {
      known = hash(List.of(bytes));
      hash = known;
    }
    return known;
  }

  /** The hash of several contents, in this order. */
  static String hash(Collection<byte[]> all) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] bytes : all) {
        digest.update(MessageDigest.getInstance("SHA-256").digest(bytes));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, HASH_BYTES);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Content content && Arrays.equals(bytes, content.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "content " + hash();
  }
}
