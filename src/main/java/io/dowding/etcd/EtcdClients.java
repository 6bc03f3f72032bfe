package io.dowding.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.MethodDescriptor;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes jetcd's clients: TLS, passwords, limits, and a deadline for every call. */
final class EtcdClients {

  /** A page of keys, or a watch catching up, can exceed gRPC's 4 MiB. */
  private static final int MOST_INBOUND = 64 * 1024 * 1024;

  /** etcd closes connections that ping more often than every 5 s. */
  private static final Duration KEEPALIVE = Duration.ofSeconds(10);

  private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private EtcdClients() {}

  /**
   * @param deadline for every call that should not last
   * @throws EtcdException.Misconfigured if a file cannot be used
   */
  static ClientBuilder builder(EtcdSettings settings, Duration deadline) {
    return builder(settings, tls(settings), deadline);
  }

  static ClientBuilder builder(EtcdSettings settings, @Nullable SslContext tls, Duration deadline) {
    ClientBuilder builder =
        Client.builder()
            .endpoints(settings.endpoints().toArray(String[]::new))
            .maxInboundMessageSize(MOST_INBOUND)
            .keepaliveTime(KEEPALIVE)
            .keepaliveTimeout(KEEPALIVE_TIMEOUT)
            // etcd forbids pings on connections without calls, such as those to most members. The
            // first call after a pause pings immediately, so a dead connection is found.
            .keepaliveWithoutCalls(false)
            .connectTimeout(CONNECT_TIMEOUT)
            .waitForReady(true)
            .interceptor(new Deadlines(deadline));
    String secret = settings.secret();
    if (settings.user() != null && secret != null) {
      builder
          .user(Etcd.bytes(settings.user()))
          .password(Etcd.bytes(secret))
          .interceptor(new CurrentPassword(settings));
    }
    return tls == null ? builder : builder.sslContext(tls);
  }

  /** Null without TLS. */
  static @Nullable SslContext tls(EtcdSettings settings) {
    try {
      return settings.isTls() ? new EtcdTls(settings) : null;
    } catch (IllegalArgumentException bad) {
      throw new EtcdException.Misconfigured("TLS with etcd: " + bad.getMessage(), bad);
    }
  }

  /** Sets a deadline for every call that should not last. */
  private record Deadlines(Duration deadline) implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      boolean lasts = method.getType() != MethodDescriptor.MethodType.UNARY;
      return next.newCall(
          method,
          lasts ? options : options.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS));
    }
  }

  /** Logs in with the password as it is now, because jetcd keeps the first one. */
  private static final class CurrentPassword implements ClientInterceptor {
    private final EtcdSettings settings;

    CurrentPassword(EtcdSettings settings) {
      this.settings = settings;
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      return new ForwardingClientCall.SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        @SuppressWarnings("unchecked") // It is of the same class.
        public void sendMessage(Q message) {
          super.sendMessage(
              message instanceof AuthenticateRequest login ? (Q) current(login) : message);
        }
      };
    }

    private AuthenticateRequest current(AuthenticateRequest login) {
      try {
        return login.toBuilder().setPassword(settings.secret()).build();
      } catch (EtcdException unreadable) {
        // The last one may still be right; if not, etcd says so.
        return login;
      }
    }
  }
}
