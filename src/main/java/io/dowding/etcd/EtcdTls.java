package io.dowding.etcd;

import io.dowding.tls.CurrentTls;
import io.dowding.tls.TlsFiles;
import io.grpc.netty.GrpcSslContexts;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;

/**
 * TLS to etcd, with the files as they are at each new connection. Replaced files get another
 * context: in the same one, a connection could resume a session of the old files, without any
 * check. Thread-safe.
 */
final class EtcdTls extends SslContext {

  private record Built(TlsFiles files, SslContext context) {}

  private final CurrentTls tls;
  private volatile Built last;

  /**
   * Reads the files.
   *
   * @throws IllegalArgumentException naming the file that cannot be used
   */
  EtcdTls(EtcdSettings settings) {
    this.tls =
        new CurrentTls(new TlsFiles.Paths(settings.ca(), settings.certificate(), settings.key()));
    this.last = built(tls.files());
  }

  private static Built built(TlsFiles files) {
    try {
      return new Built(
          files,
          GrpcSslContexts.forClient()
              .protocols(TlsFiles.versions())
              .trustManager(files.trust())
              .keyManager(files.keys())
              .build());
    } catch (SSLException unusable) {
      throw new IllegalArgumentException(unusable);
    }
  }

  /** That of the files as they are now, or of the last ones that can be used. */
  SslContext current() {
    TlsFiles files = tls.files();
    Built known = last;
    if (known.files() != files) {
      known = built(files);
      last = known;
    }
    return known.context();
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator buffers) {
    return current().newEngine(buffers);
  }

  @Override
  public SSLEngine newEngine(ByteBufAllocator buffers, String host, int port) {
    return current().newEngine(buffers, host, port);
  }

  @Override
  public boolean isClient() {
    return true;
  }

  @Override
  public List<String> cipherSuites() {
    return last.context().cipherSuites();
  }

  @Override
  @SuppressWarnings("deprecation") // SslContext demands it.
  public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
    return last.context().applicationProtocolNegotiator();
  }

  @Override
  public SSLSessionContext sessionContext() {
    return last.context().sessionContext();
  }
}
