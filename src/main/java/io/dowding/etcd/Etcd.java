package io.dowding.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
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
import io.netty.handler.ssl.SslContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** etcd through jetcd: one client, with a deadline for every call. Thread-safe. */
public final class Etcd implements Kv {

  /** jetcd has no deadline of its own: with etcd down, a get took a minute in a test. */
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private static final int PAGE = 1000;

  /** A page of the largest values: the client's limit of 64 MiB, divided by etcd's 1.5 MiB. */
  private static final int SMALL_PAGE = 40;

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
    this(settings, EtcdClients.tls(settings), patience, () -> {});
  }

  private Etcd(EtcdSettings settings, @Nullable SslContext tls, Duration patience, Runnable paged) {
    this.settings = settings;
    this.client = EtcdClients.builder(settings, tls, patience).build();
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
    SslContext tls = EtcdClients.tls(settings);
    return paged -> new Etcd(settings, tls, DEADLINE, paged);
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
                    error ->
                        end(
                            watching,
                            closed,
                            EtcdAnswers.words(String.valueOf(error.getMessage()))),
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

  private <T> T await(CompletableFuture<T> answer) {
    return await(answer, patience.plus(EtcdAnswers.MARGIN));
  }

  private <T> T await(CompletableFuture<T> answer, Duration deadline) {
    return EtcdAnswers.await(answer, deadline, settings);
  }

  static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
  }
}
