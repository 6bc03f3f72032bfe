package io.dowding.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Watch;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** One client of etcd, on which no call waits for ever. Thread-safe. */
final class Etcd implements AutoCloseable {

  /** jetcd has no deadline of its own: with etcd down, a get was seen to hang for a minute. */
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  /** A page of keys, or a watch's catch-up, is larger than gRPC's 4 MiB. */
  private static final int MOST_INBOUND = 64 * 1024 * 1024;

  private static final Duration KEEPALIVE = Duration.ofSeconds(10);
  private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private final Client client;

  Etcd(EtcdSettings settings) {
    ClientBuilder builder =
        Client.builder()
            .endpoints(settings.endpoints().toArray(String[]::new))
            .maxInboundMessageSize(MOST_INBOUND)
            .keepaliveTime(KEEPALIVE)
            .keepaliveTimeout(KEEPALIVE_TIMEOUT)
            .keepaliveWithoutCalls(true)
            .connectTimeout(CONNECT_TIMEOUT)
            .waitForReady(true)
            .interceptor(new Deadlines());
    if (settings.user() != null && settings.password() != null) {
      builder.user(bytes(settings.user())).password(bytes(settings.password()));
    }
    if (settings.ca() != null || settings.certificate() != null) {
      tls(builder, settings);
    }
    this.client = builder.build();
  }

  private static void tls(ClientBuilder builder, EtcdSettings settings) {
    try {
      var tls = GrpcSslContexts.forClient();
      if (settings.ca() != null) {
        tls.trustManager(settings.ca().toFile());
      }
      if (settings.certificate() != null && settings.key() != null) {
        File certificate = settings.certificate().toFile();
        tls.keyManager(certificate, settings.key().toFile());
      }
      builder.sslContext(tls.build());
    } catch (SSLException | IllegalArgumentException bad) {
      throw new EtcdException("the TLS files for etcd cannot be used: " + bad.getMessage(), bad);
    }
  }

  KV kv() {
    return client.getKVClient();
  }

  Watch watch() {
    return client.getWatchClient();
  }

  /**
   * The answer, within the deadline.
   *
   * @throws EtcdException if there is none; what was asked may have been done
   */
  static <T> T await(CompletableFuture<T> answer) {
    try {
      return answer.get(DEADLINE.toMillis() + 500, TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause() == null ? failed : failed.getCause();
      throw new EtcdException("etcd: " + words(String.valueOf(cause.getMessage())), cause);
    } catch (TimeoutException late) {
      answer.cancel(true);
      throw new EtcdException("etcd did not answer within " + DEADLINE.toSeconds() + " s", late);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new EtcdException("interrupted", stopped);
    }
  }

  /** What gRPC wraps in pages: the cause that it names, on one line, without the classes' names. */
  static String words(String message) {
    String line = message.lines().findFirst().orElse("");
    int cause = line.indexOf("cause=");
    String essence = cause < 0 ? line : line.substring(cause + "cause=".length());
    return essence.replaceFirst("^(([a-z0-9]+\\.)+[A-Za-z0-9$]+: )+", "");
  }

  static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
  }

  /** A deadline for every call that is not meant to last. */
  private static final class Deadlines implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      boolean lasts = method.getType() != MethodDescriptor.MethodType.UNARY;
      return next.newCall(
          method,
          lasts ? options : options.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS));
    }
  }
}
