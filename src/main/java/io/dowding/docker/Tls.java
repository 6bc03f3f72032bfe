package io.dowding.docker;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS to engines, with {@code ca.pem}, {@code cert.pem} and {@code key.pem} of a directory as they
 * were when this was made. Immutable.
 */
final class Tls {

  private static final List<String> FILES = List.of("ca.pem", "cert.pem", "key.pem");
  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");
  private static final char[] NONE = new char[0];

  private final Path directory;
  private final byte[] digest;
  private final SSLContext context;
  private final Instant until;

  private Tls(Path directory, byte[] digest, SSLContext context, Instant until) {
    this.directory = directory;
    this.digest = digest;
    this.context = context;
    this.until = until;
  }

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException naming the file, and what to do
   */
  static Tls of(Path directory) {
    List<byte[]> files = FILES.stream().map(name -> Pem.read(directory.resolve(name))).toList();
    var trusted = Pem.certificates(directory.resolve("ca.pem"), files.get(0));
    var own = Pem.certificates(directory.resolve("cert.pem"), files.get(1));
    PrivateKey key = Pem.key(directory.resolve("key.pem"), files.get(2));
    try {
      if (!Pem.isPair(key, own.getFirst())) {
        throw new IllegalArgumentException(
            directory.resolve("key.pem")
                + " is not the key of cert.pem beside it: replace the one that is old");
      }
      return new Tls(
          directory,
          digest(files),
          context(trusted, own, key),
          own.getFirst().getNotAfter().toInstant());
    } catch (GeneralSecurityException | IOException unusable) {
      throw new IllegalArgumentException(
          "the certificates in " + directory + " cannot be used: " + unusable.getMessage(),
          unusable);
    }
  }

  private static byte[] digest(List<byte[]> files) throws GeneralSecurityException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    files.forEach(digest::update);
    return digest.digest();
  }

  private static SSLContext context(
      List<X509Certificate> trusted, List<X509Certificate> own, PrivateKey key)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NONE);
    store.setKeyEntry("key", key, NONE, own.toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NONE);
    KeyStore authorities = KeyStore.getInstance("PKCS12");
    authorities.load(null, NONE);
    int n = 0;
    for (X509Certificate one : trusted) {
      authorities.setCertificateEntry("ca-" + n++, one);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authorities);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  Path directory() {
    return directory;
  }

  SSLContext context() {
    return context;
  }

  /** The versions of TLS that may be used. */
  static String[] versions() {
    return VERSIONS.toArray(String[]::new);
  }

  /** Whether the files have other contents now, or cannot be read. */
  boolean isReplaced() {
    try {
      return !Arrays.equals(
          digest, digest(FILES.stream().map(name -> Pem.read(directory.resolve(name))).toList()));
    } catch (IllegalArgumentException | GeneralSecurityException unreadable) {
      return true;
    }
  }

  /** A failed request, in words where the certificates may be the cause. */
  IOException explained(IOException failed) {
    boolean expired = !Instant.now().isBefore(until);
    String words = TlsProblem.words(failed, directory, expired);
    return words == null ? failed : new IOException(words, failed);
  }
}
