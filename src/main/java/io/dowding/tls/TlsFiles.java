package io.dowding.tls;

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
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** A CA, a certificate and its key, as their files were when this was read. Immutable. */
public final class TlsFiles {

  private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");
  private static final char[] NONE = new char[0];

  private final Paths paths;
  private final byte[] digest;
  private final @Nullable X509ExtendedKeyManager keys;
  private final X509ExtendedTrustManager trust;
  private final Instant until;

  private TlsFiles(
      Paths paths,
      byte[] digest,
      @Nullable X509ExtendedKeyManager keys,
      X509ExtendedTrustManager trust,
      Instant until) {
    this.paths = paths;
    this.digest = digest;
    this.keys = keys;
    this.trust = trust;
    this.until = until;
  }

  /**
   * Where they are, in PEM.
   *
   * @param ca certificates that verify the other side, or null for the system's
   * @param certificate with those that lead to its CA, or null for none
   * @param key of the certificate; null exactly if there is none
   */
  public record Paths(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key) {

    /** Three files in one directory, under the names that Docker uses. */
    public static Paths in(Path directory) {
      return new Paths(
          directory.resolve("ca.pem"), directory.resolve("cert.pem"), directory.resolve("key.pem"));
    }

    private Stream<byte[]> contents() {
      return Stream.of(ca, certificate, key).filter(Objects::nonNull).map(Pem::read);
    }

    private byte[] digest() throws GeneralSecurityException {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      contents().forEach(digest::update);
      return digest.digest();
    }
  }

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException naming the file, and what to do
   */
  public static TlsFiles read(Paths paths) {
    Path ca = paths.ca();
    Path certificate = paths.certificate();
    Path key = paths.key();
    try {
      // First: if they change now, they are read again.
      byte[] digest = paths.digest();
      X509ExtendedTrustManager trust =
          trust(ca == null ? null : Pem.certificates(ca, Pem.read(ca)));
      if (certificate == null || key == null) {
        return new TlsFiles(paths, digest, null, trust, Instant.MAX);
      }
      List<X509Certificate> own = Pem.certificates(certificate, Pem.read(certificate));
      PrivateKey ownKey = Pem.key(key, Pem.read(key));
      if (!Pem.isPair(ownKey, own.getFirst())) {
        throw new IllegalArgumentException(
            key + " is not the key of " + certificate + ": replace the one that is old");
      }
      return new TlsFiles(
          paths, digest, keys(own, ownKey), trust, own.getFirst().getNotAfter().toInstant());
    } catch (GeneralSecurityException | IOException unusable) {
      throw new IllegalArgumentException(
          "the certificates in "
              + Stream.of(ca, certificate, key).filter(Objects::nonNull).toList()
              + " cannot be used: "
              + unusable.getMessage(),
          unusable);
    }
  }

  private static X509ExtendedKeyManager keys(List<X509Certificate> own, PrivateKey key)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NONE);
    store.setKeyEntry("key", key, NONE, own.toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NONE);
    return (X509ExtendedKeyManager) keys.getKeyManagers()[0];
  }

  private static X509ExtendedTrustManager trust(@Nullable List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    KeyStore store = null;
    if (authorities != null) {
      store = KeyStore.getInstance("PKCS12");
      store.load(null, NONE);
      int n = 0;
      for (X509Certificate one : authorities) {
        store.setCertificateEntry("ca-" + n++, one);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return (X509ExtendedTrustManager) trust.getTrustManagers()[0];
  }

  /** TLS with these. */
  public SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys == null ? null : new KeyManager[] {keys}, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The versions of TLS that may be used. */
  public static String[] versions() {
    return VERSIONS.toArray(String[]::new);
  }

  /** Presents the certificate; null without one. */
  public @Nullable X509ExtendedKeyManager keys() {
    return keys;
  }

  /** Verifies the other side, its name included. */
  public X509ExtendedTrustManager trust() {
    return trust;
  }

  /** When the certificate expires; in the far future without one. */
  public Instant until() {
    return until;
  }

  /** Whether the files have other contents now, or cannot be read. */
  public boolean isReplaced() {
    try {
      return !Arrays.equals(digest, paths.digest());
    } catch (IllegalArgumentException | GeneralSecurityException unreadable) {
      return true;
    }
  }
}
