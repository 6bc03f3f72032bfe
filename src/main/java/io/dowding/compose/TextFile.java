package io.dowding.compose;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A file named by a user, of any kind. */
public final class TextFile {

  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private TextFile() {}

  /**
   * Its content, of at most 4 MiB.
   *
   * @throws IOException if it is not a regular file (a directory, a device or a pipe may have no
   *     end), is too large or takes longer than 5 s, or is not UTF-8
   */
  public static String read(Path file) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(file))).toString();
    } catch (CharacterCodingException notText) {
      throw new IOException("it is not text in UTF-8", notText);
    }
  }

  /**
   * The same, in any encoding.
   *
   * @throws IOException if it is not a regular file or too large
   */
  public static byte[] bytes(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new IOException("there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("it is not a regular file");
    }
    byte[] bytes = beginning(file);
    if (bytes.length > MOST_BYTES) {
      throw new IOException("it has more than the " + MOST_BYTES + " bytes allowed");
    }
    return bytes;
  }

  /** In a thread of its own: files such as /proc/kmsg, or on a lost file server, may never end. */
  private static byte[] beginning(Path file) throws IOException {
    FutureTask<byte[]> reading =
        new FutureTask<>(
            () -> {
              try (InputStream content = Files.newInputStream(file)) {
                return content.readNBytes(MOST_BYTES + 1);
              }
            });
    Thread.ofPlatform().daemon().name("reads " + file).start(reading);
    try {
      return reading.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException hangs) {
      throw new IOException(
          "it has no end, or its disk does not answer within " + PATIENCE.toSeconds() + " s",
          hangs);
    } catch (ExecutionException failed) {
      throw switch (failed.getCause()) {
        case AccessDeniedException denied -> new IOException("access denied", denied);
        case IOException cause -> cause;
        case null, default -> new IOException(failed.getCause());
      };
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", stop);
    }
  }
}
