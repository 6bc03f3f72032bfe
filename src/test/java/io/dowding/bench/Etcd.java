package io.dowding.bench;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A real etcd with one member, and a bare client. */
final class Etcd implements AutoCloseable {

  private static final int BATCH = 100;

  final Child process;
  final Client client;
  private final String url;

  Etcd(Path directory, int port) throws Exception {
    this.url = "http://127.0.0.1:" + port;
    String peer = "http://127.0.0.1:" + (port + 1);
    this.process =
        Child.start(
            directory.resolve("etcd.log"),
            "etcd",
            "--data-dir=" + directory.resolve("etcd"),
            "--listen-client-urls=" + url,
            "--advertise-client-urls=" + url,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer);
    this.client = Client.builder().endpoints(url).build();
    Wait.until(Duration.ofSeconds(20), "etcd", () -> revision() > 0);
  }

  String url() {
    return url;
  }

  long revision() throws Exception {
    return client.getKVClient().get(bytes("/")).get(5, TimeUnit.SECONDS).getHeader().getRevision();
  }

  /** How many keys there are below this one. */
  long count(String prefix) throws Exception {
    GetOption option = GetOption.builder().isPrefix(true).withCountOnly(true).build();
    return client.getKVClient().get(bytes(prefix), option).get(5, TimeUnit.SECONDS).getCount();
  }

  void put(String key, String value) throws Exception {
    client.getKVClient().put(bytes(key), bytes(value)).get(5, TimeUnit.SECONDS);
  }

  /** Writes all keys in transactions of a hundred, as many at once as asked. */
  void put(Map<String, String> values, int atOnce) throws Exception {
    Deque<CompletableFuture<?>> underWay = new ArrayDeque<>();
    List<Op> batch = new ArrayList<>();
    int left = values.size();
    for (Map.Entry<String, String> value : values.entrySet()) {
      batch.add(Op.put(bytes(value.getKey()), bytes(value.getValue()), PutOption.DEFAULT));
      left--;
      if (batch.size() == BATCH || left == 0) {
        underWay.add(client.getKVClient().txn().Then(batch.toArray(Op[]::new)).commit());
        batch.clear();
      }
      while (underWay.size() >= atOnce || (left == 0 && !underWay.isEmpty())) {
        underWay.remove().get(10, TimeUnit.SECONDS);
      }
    }
  }

  /** Deletes all keys below this one. */
  void delete(String prefix) throws Exception {
    DeleteOption option = DeleteOption.builder().isPrefix(true).build();
    client.getKVClient().delete(bytes(prefix), option).get(10, TimeUnit.SECONDS);
  }

  static ByteSequence bytes(String text) {
    return ByteSequence.from(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.close();
    process.kill();
  }
}
