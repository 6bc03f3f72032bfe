package io.dowding.etcd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Base64;
import java.util.Set;

/** A file with an encryption key: 32 bytes in base64, which only its owner may read. */
public final class KeyFile {

  private static final Set<PosixFilePermission> OWNER =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private static final int MOST_BYTES = 1024;

  /**
   * systemd protects these directories. It grants a unit's user access by a list, whose mask looks
   * like permissions of the group.
   */
  private static final Path CREDENTIALS = Path.of("/run/credentials");

  private KeyFile() {}

  /**
   * Reads a key.
   *
   * @throws IllegalArgumentException naming the file, if it cannot be read, others may read it, or
   *     it holds no key
   */
  public static byte[] read(Path file) {
    try (var input = Files.newInputStream(file)) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (!OWNER.containsAll(permissions) && !isCredential(file)) {
        throw new IllegalArgumentException(
            file + ": is an encryption key that others may use; run: chmod 0400 " + file);
      }
      return decoded(file, input.readNBytes(MOST_BYTES));
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(
          file + ": the encryption key cannot be read: " + why(unreadable), unreadable);
    }
  }

  private static String why(IOException unreadable) {
    return switch (unreadable) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "access denied";
      default -> String.valueOf(unreadable.getMessage());
    };
  }

  private static boolean isCredential(Path file) {
    return file.toAbsolutePath().normalize().startsWith(CREDENTIALS);
  }

  private static byte[] decoded(Path file, byte[] content) {
    try {
      byte[] key =
          Base64.getDecoder().decode(new String(content, StandardCharsets.US_ASCII).strip());
      if (key.length == Keyring.KEY_BYTES) {
        return key;
      }
    } catch (IllegalArgumentException notBase64) {
      // Its message would quote the file.
    }
    throw new IllegalArgumentException(
        file
            + ": is not an encryption key, which is "
            + Keyring.KEY_BYTES
            + " random bytes in base64; make one: head -c 32 /dev/urandom | base64");
  }
}
