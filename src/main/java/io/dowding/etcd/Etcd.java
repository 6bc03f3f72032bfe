package io.dowding.etcd;

import io.dowding.model.Printable;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.netty.handler.ssl.SslContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** etcd through jetcd: one client, with a deadline for every call. Thread-safe. */
public final class Etcd implements Kv {

  /** jetcd has no deadline of its own: with etcd down, a get took a minute in a test. */
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  /** A page of keys, or a watch catching up, can exceed gRPC's 4 MiB. */
  private static final int MOST_INBOUND = 64 * 1024 * 1024;

  private static final int PAGE = 1000;

  /** A page of the largest values: the client's limit of 64 MiB, divided by etcd's 1.5 MiB. */
  private static final int SMALL_PAGE = 40;

  /** gRPC's codes for a request that can never succeed. */
  private static final Set<String> REFUSALS =
      Set.of("INVALID_ARGUMENT", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED");

  /** etcd closes connections that ping more often than every 5 s. */
  private static final Duration KEEPALIVE = Duration.ofSeconds(10);

  private static final Duration KEEPALIVE_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private static final String CAUSE = "cause=";
  private static final String DESCRIPTION = "description=";

  /** After its deadline, a call says why it waited. */
  static final Duration MARGIN = Duration.ofMillis(500);

  private final EtcdSettings settings;
  private final Client client;
  private final Duration patience;
  private final Runnable paged;

  public Etcd(EtcdSettings settings) {
    this(settings, DEADLINE);
  }

  /**
   * @param patience how long to wait for any answer
   */
  public Etcd(EtcdSettings settings, Duration patience) {
    this(settings, tls(settings), patience, () -> {});
  }

  private Etcd(EtcdSettings settings, @Nullable SslContext tls, Duration patience, Runnable paged) {
    this.settings = settings;
    this.client = builder(settings, tls, patience).build();
    this.patience = patience;
    this.paged = paged;
  }

  /**
   * Makes clients, each with what to run after each page of a list. They share the files of TLS:
   * also one that is made while these are being replaced uses the last ones.
   *
   * @throws EtcdException.Misconfigured if a file cannot be used now
   */
  static Function<Runnable, Kv> clients(EtcdSettings settings) {
    SslContext tls = tls(settings);
    return paged -> new Etcd(settings, tls, DEADLINE, paged);
  }

  /**
   * @param deadline for every call that should not last
   * @throws EtcdException.Misconfigured if a file cannot be used
   */
  static ClientBuilder builder(EtcdSettings settings, Duration deadline) {
    return builder(settings, tls(settings), deadline);
  }

  private static ClientBuilder builder(
      EtcdSettings settings, @Nullable SslContext tls, Duration deadline) {
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
          .user(bytes(settings.user()))
          .password(bytes(secret))
          .interceptor(new CurrentPassword(settings));
    }
    return tls == null ? builder : builder.sslContext(tls);
  }

  /** Null without TLS. */
  private static @Nullable SslContext tls(EtcdSettings settings) {
    try {
      return settings.isTls() ? new EtcdTls(settings) : null;
    } catch (IllegalArgumentException bad) {
      throw new EtcdException.Misconfigured("TLS with etcd: " + bad.getMessage(), bad);
    }
  }

  @Override
  public Listing range(String from, String end, long revision) {
    List<Entry> entries = new ArrayList<>();
    ByteSequence start = bytes(from);
    long at = revision;
    while (true) {
      GetResponse page = page(start, bytes(end), at);
      paged.run();
      at = at == 0 ? page.getHeader().getRevision() : at;
      page.getKvs().forEach(kv -> entries.add(entry(kv)));
      if (!page.isMore() || page.getKvs().isEmpty()) {
        return new Listing(at, entries);
      }
      byte[] last = page.getKvs().getLast().getKey().getBytes();
      start = ByteSequence.from(Arrays.copyOf(last, last.length + 1));
    }
  }

  @Override
  public Changes since(String from, String end, long revision) {
    GetOption newer =
        GetOption.builder().withRange(bytes(end)).withMinModRevision(revision + 1).build();
    GetResponse found = await(client.getKVClient().get(bytes(from), newer));
    return new Changes(
        found.getHeader().getRevision(),
        found.getKvs().stream().map(Etcd::entry).toList(),
        found.getCount());
  }

  private GetResponse page(ByteSequence start, ByteSequence end, long at) {
    try {
      return await(client.getKVClient().get(start, option(end, at, PAGE)));
    } catch (EtcdException refused) {
      if (!String.valueOf(refused.getMessage()).contains("RESOURCE_EXHAUSTED")) {
        throw refused;
      }
      return await(client.getKVClient().get(start, option(end, at, SMALL_PAGE)));
    }
  }

  private static GetOption option(ByteSequence end, long at, int page) {
    return GetOption.builder().withRange(end).withRevision(at).withLimit(page).build();
  }

  private static Entry entry(KeyValue kv) {
    return new Entry(
        kv.getKey().toString(StandardCharsets.UTF_8),
        kv.getValue().getBytes(),
        kv.getCreateRevision(),
        kv.getModRevision());
  }

  @Override
  public Committed commit(List<Compare> compares, List<Write> writes) {
    TxnResponse response =
        await(
            client
                .getKVClient()
                .txn()
                .If(compares.stream().map(Etcd::compare).toArray(Cmp[]::new))
                .Then(writes.stream().map(Etcd::operation).toArray(Op[]::new))
                .commit());
    return new Committed(response.isSucceeded(), response.getHeader().getRevision());
  }

  private static Cmp compare(Compare compare) {
    CmpTarget<?> target =
        switch (compare) {
          case Compare.Modified(String _, long revision) -> CmpTarget.modRevision(revision);
          case Compare.Created(String _, long revision) -> CmpTarget.createRevision(revision);
        };
    return new Cmp(bytes(compare.key()), Cmp.Op.EQUAL, target);
  }

  private static Op operation(Write write) {
    return switch (write) {
      case Write.Put(String key, ByteSequence value, long lease) ->
          Op.put(bytes(key), value, PutOption.builder().withLeaseId(lease).build());
      case Write.Delete(String key) -> Op.delete(bytes(key), DeleteOption.DEFAULT);
    };
  }

  @Override
  public long grant(Duration ttl) {
    return await(client.getLeaseClient().grant(Math.max(1, ttl.toSeconds()))).getID();
  }

  @Override
  public boolean renew(long lease, Duration deadline) {
    try {
      return await(client.getLeaseClient().keepAliveOnce(lease), deadline).getTTL() > 0;
    } catch (EtcdException failed) {
      if (isNoSuchLease(failed)) {
        return false;
      }
      throw failed;
    }
  }

  @Override
  public void revoke(long lease) {
    try {
      await(client.getLeaseClient().revoke(lease));
    } catch (EtcdException failed) {
      if (!isNoSuchLease(failed)) {
        throw failed;
      }
    }
  }

  private static boolean isNoSuchLease(EtcdException failed) {
    String words = String.valueOf(failed.getMessage());
    return words.contains("requested lease not found") || words.contains("NOT_FOUND");
  }

  @Override
  public Watcher watch(String from, String end, long revision, Watching watching) {
    WatchOption option =
        WatchOption.builder()
            .withRange(bytes(end))
            .withRevision(revision)
            .withCreateNotify(true)
            .withProgressNotify(true)
            .withRequireLeader(true)
            .build();
    AtomicBoolean closed = new AtomicBoolean();
    // jetcd calls the listener while holding its lock, so a listener must not block.
    Watch.Watcher watcher =
        client
            .getWatchClient()
            .watch(
                bytes(from),
                option,
                Watch.listener(
                    response -> {
                      // The end of a closed watch is expected.
                      if (!closed.get()) {
                        watching.changed(
                            response.getHeader().getRevision(),
                            response.getEvents().stream().map(Etcd::change).toList());
                      }
                    },
                    error -> end(watching, closed, words(String.valueOf(error.getMessage()))),
                    () -> end(watching, closed, "the stream ended")));
    return new Watcher() {
      @Override
      public void requestProgress() {
        watcher.requestProgress();
      }

      @Override
      public void close() {
        closed.set(true);
        watcher.close();
      }
    };
  }

  private static void end(Watching watching, AtomicBoolean closed, String why) {
    if (!closed.get()) {
      watching.ended(why);
    }
  }

  private static Change change(WatchEvent event) {
    KeyValue kv = event.getKeyValue();
    boolean there = event.getEventType() == WatchEvent.EventType.PUT;
    return new Change(
        kv.getKey().toString(StandardCharsets.UTF_8),
        there ? entry(kv) : null,
        kv.getModRevision());
  }

  /**
   * The answer, within the deadline.
   *
   * @throws EtcdException if there is none; the request may have been carried out
   */
  private <T> T await(CompletableFuture<T> answer) {
    return await(answer, patience.plus(MARGIN));
  }

  private <T> T await(CompletableFuture<T> answer, Duration deadline) {
    try {
      return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause() == null ? failed : failed.getCause();
      String said = String.valueOf(cause.getMessage());
      String problem = EtcdProblem.words(said, settings);
      if (problem != null) {
        throw new EtcdException.Misconfigured(problem, cause);
      }
      String message = "etcd: " + words(said);
      if (isRefusal(cause)) {
        throw EtcdException.refusal(message);
      }
      throw new EtcdException(message, cause);
    } catch (TimeoutException late) {
      answer.cancel(true);
      throw new EtcdException("etcd did not answer within " + deadline.toMillis() + " ms", late);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new EtcdException("interrupted", stopped);
    }
  }

  private static boolean isRefusal(Throwable cause) {
    String code =
        cause instanceof io.etcd.jetcd.common.exception.EtcdException answer
            ? answer.getErrorCode().name()
            : Status.fromThrowable(cause).getCode().name();
    boolean ofThisRequest = REFUSALS.contains(code);
    // Out of space is no fault of this request: no other would succeed either.
    return ofThisRequest && !String.valueOf(cause.getMessage()).contains("space exceeded");
  }

  /** The cause that gRPC wraps in pages of text: on one line, without class names. */
  static String words(String message) {
    String line = message.lines().findFirst().orElse("");
    int cause = line.indexOf(CAUSE);
    int description = line.indexOf(DESCRIPTION);
    String essence =
        cause >= 0 && !line.startsWith("null", cause + CAUSE.length())
            ? line.substring(cause + CAUSE.length())
            : description >= 0
                ? line.substring(
                    description + DESCRIPTION.length(),
                    cause > description ? cause - ", ".length() : line.length())
                : line;
    return Printable.withoutExceptions(essence);
  }

  static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
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
