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
  private static final int EACH = 25;
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
      // Warms up.
      seconds(n -> scheduler.allocate("warm" + n));
      seconds(n -> transaction(cluster.etcd, "warm" + n));
      double bare = seconds(n -> transaction(cluster.etcd, "bare" + n));
      double allocated = seconds(n -> scheduler.allocate("job" + n));
      report.ratio(
          "B10",
          "allocate from %d threads, %,d hosts".formatted(THREADS, options.hosts()),
          1e3 * allocated / EACH,
          "ms",
          "bare transaction",
          1e3 * bare / EACH,
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

  private static void transaction(Etcd etcd, String name) {
    var key = Etcd.bytes("/bare/" + name);
    Txn txn = etcd.client.getKVClient().txn();
    txn.If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.version(0)));
    txn.Then(Op.put(key, Etcd.bytes(RECORD), PutOption.DEFAULT));
    txn.commit().join();
  }
}
