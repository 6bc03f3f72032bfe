package io.dowding.docker;

import io.dowding.tls.TlsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import javax.net.ssl.SSLContext;

/**
 * TLS to engines, with {@code ca.pem}, {@code cert.pem} and {@code key.pem} of a directory as they
 * were when this was made. Immutable.
 */
final class Tls {

  private final Path directory;
  private final TlsFiles files;
  private final SSLContext context;

  private Tls(Path directory, TlsFiles files) {
    this.directory = directory;
    this.files = files;
    this.context = files.context();
  }

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException naming the file, and what to do
   */
  static Tls of(Path directory) {
    return new Tls(directory, TlsFiles.read(TlsFiles.Paths.in(directory)));
  }

  SSLContext context() {
    return context;
  }

  /** Whether the files have other contents now, or cannot be read. */
  boolean isReplaced() {
    return files.isReplaced();
  }

  /** A failed request, in words where the certificates may be the cause. */
  IOException explained(IOException failed) {
    boolean expired = !Instant.now().isBefore(files.until());
    String words = TlsProblem.words(failed, directory, expired);
    return words == null ? failed : new IOException(words, failed);
  }
}
