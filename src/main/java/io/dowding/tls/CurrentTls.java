package io.dowding.tls;

/**
 * A CA, a certificate and its key, as their files are now. While they cannot be used, as between
 * the two writes that replace a certificate and its key, those that were read last are.
 * Thread-safe.
 */
public final class CurrentTls {

  private final TlsFiles.Paths paths;
  private volatile TlsFiles last;

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException naming the file that cannot be used
   */
  public CurrentTls(TlsFiles.Paths paths) {
    this.paths = paths;
    this.last = TlsFiles.read(paths);
  }

  /** Reads the files again if they have changed; otherwise returns the same object. */
  public TlsFiles files() {
    TlsFiles known = last;
    if (!known.isReplaced()) {
      return known;
    }
    try {
      TlsFiles present = TlsFiles.read(paths);
      last = present;
      return present;
    } catch (IllegalArgumentException unusable) {
      // They are read again next time.
      return known;
    }
  }
}
