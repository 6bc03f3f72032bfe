package io.dowding.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;

/**
 * The content of a file. It may be a secret, so {@code toString} returns a hash and no message can
 * leak it.
 */
public final class Content {

  private static final int HASH_BYTES = 12;

  private final byte[] bytes;
  private final String hash;

  private Content(byte[] bytes) {
    this.bytes = bytes;
    this.hash = hash(List.of(bytes));
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
    return hash;
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
    return other instanceof Content content && hash.equals(content.hash);
  }

  @Override
  public int hashCode() {
    return hash.hashCode();
  }

  @Override
  public String toString() {
    return "content " + hash;
  }
}
