package io.dowding.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of TLS, with files as they are at each new connection. While they cannot be
 * used, as between the two writes that replace a certificate and its key, those that were read last
 * are. Connections that exist are not affected. Thread-safe.
 */
public final class CurrentTls {

  private final TlsFiles.Paths paths;
  private volatile TlsFiles files;

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException naming the file that cannot be used
   */
  public CurrentTls(TlsFiles.Paths paths) {
    this.paths = paths;
    this.files = TlsFiles.read(paths);
  }

  private TlsFiles current() {
    TlsFiles last = files;
    if (last.isReplaced()) {
      try {
        last = TlsFiles.read(paths);
        files = last;
      } catch (IllegalArgumentException unusable) {
        // Read again for the next connection.
      }
    }
    return last;
  }

  /** Presents the certificate; null without one. */
  public @Nullable X509ExtendedKeyManager keys() {
    return files.keys() == null ? null : new Keys();
  }

  /** Verifies the other side, its name included. */
  public X509ExtendedTrustManager trust() {
    return new Trust();
  }

  /**
   * A handshake asks for the alias first. If the files are replaced before it asks for the rest,
   * the two do not belong together, and the next handshake succeeds.
   */
  private final class Keys extends X509ExtendedKeyManager {

    private X509ExtendedKeyManager last() {
      return Objects.requireNonNull(files.keys());
    }

    @Override
    public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
      return Objects.requireNonNull(current().keys())
          .chooseEngineClientAlias(types, issuers, engine);
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return Objects.requireNonNull(current().keys()).chooseClientAlias(types, issuers, socket);
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return last().getCertificateChain(alias);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return last().getPrivateKey(alias);
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return last().getClientAliases(type, issuers);
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return last().getServerAliases(type, issuers);
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return last().chooseServerAlias(type, issuers, socket);
    }
  }

  private final class Trust extends X509ExtendedTrustManager {

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      current().trust().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      current().trust().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      current().trust().checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      current().trust().checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      current().trust().checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      current().trust().checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return files.trust().getAcceptedIssuers();
    }
  }
}
