package io.dowding.bench;

import io.dowding.Scheduler;
import io.etcd.jetcd.Txn;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/**
 * B10: the library's {@code allocate} from eight threads, and bare transactions of the same size.
 */
final class LibraryCost {

  private static final int THREADS = 8;
  private static final int EACH = 10;
  private static final String RECORD = "x".repeat(170);

  private LibraryCost() {}

  static void measure(Report report, Options options) throws Exception {
    try (Cluster cluster = new Cluster(options.hosts(), Duration.ZERO);
        Scheduler scheduler =
            Scheduler.builder()
                .etcd(cluster.etcd.url())
                .baseKey("/schedule")
                .inventory(cluster.directory.resolve("dowding.yaml"))
                .build()) {
      List<Double> bare = new ArrayList<>();
      List<Double> ours = new ArrayList<>();
      for (int round = 0; round <= options.rounds(); round++) {
        String name = round + "-";
        bare.add(seconds(n -> transaction(cluster.etcd, name + n)));
        ours.add(seconds(n -> scheduler.allocate(name + n)));
      }
      // The first ones warmed up.
      bare.removeFirst();
      ours.removeFirst();
      report.ratio(
          "B10",
          "allocate from %d threads, %,d hosts".formatted(THREADS, options.hosts()),
          1e3 * Report.median(ours) / EACH,
          "ms",
          "bare transactions",
          1e3 * Report.median(bare) / EACH,
          1.3);
    }
  }

  private static double seconds(IntConsumer call) throws Exception {
    List<Future<?>> all = new ArrayList<>();
    long begun = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int thread = 0; thread < THREADS; thread++) {
        int first = thread * EACH;
        all.add(
            threads.submit(
                () -> {
                  for (int n = first; n < first + EACH; n++) {
                    call.accept(n);
                  }
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    return (System.nanoTime() - begun) / 1e9;
  }

  /** As an allocation's: two conditions and two writes, of which one is to a shared key. */
  private static void transaction(Etcd etcd, String name) {
    var key = Etcd.bytes("/bare/" + name);
    var shared = Etcd.bytes("/bare/sequence");
    Txn txn = etcd.client.getKVClient().txn();
    txn.If(
        new Cmp(key, Cmp.Op.EQUAL, CmpTarget.version(0)),
        new Cmp(shared, Cmp.Op.GREATER, CmpTarget.version(-1)));
    txn.Then(
        Op.put(key, Etcd.bytes(RECORD), PutOption.DEFAULT),
        Op.put(shared, Etcd.bytes("1"), PutOption.DEFAULT));
    txn.commit().join();
  }
}
