package io.dowding.it;

import io.dowding.Scheduler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A process that allocates jobs at the same time as others. It exits with 0 on success. */
final class AllocatingProcess {

  private AllocatingProcess() {}

  /** Arguments: etcd, base key, inventory file, a pattern for ids with %d, how many. */
  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[4]);
    try (Scheduler scheduler =
            Scheduler.builder()
                .etcd(arguments[0])
                .baseKey(arguments[1])
                .inventory(Path.of(arguments[2]))
                .build();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int n = 0; n < count; n++) {
        String id = arguments[3].formatted(n);
        all.add(threads.submit(() -> scheduler.allocate(id)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    System.exit(0);
  }
}
