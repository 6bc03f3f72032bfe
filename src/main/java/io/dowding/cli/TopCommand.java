package io.dowding.cli;

import io.dowding.docker.HostEngine;
import io.dowding.docker.HostEngine.Usage;
import io.dowding.etcd.EtcdKeys;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Ownership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code top}: from the engines' figures. */
@Command(
    name = "top",
    description = "Measures what jobs and hosts use: CPUs, memory, network.",
    footer = {"Example:", "  dowding top --watch"},
    mixinStandardHelpOptions = true)
final class TopCommand extends KeysCommand {

  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final int MOST_AT_ONCE = 16;

  @Option(names = "--watch", description = "Measures again and again.")
  private boolean watch;

  /** What a container, or all of a host's, use. */
  private record Row(String host, String job, Usage usage) {}

  @Override
  int run(EtcdKeys keys) throws Exception {
    Output out = out();
    while (true) {
      long begin = System.nanoTime();
      String cluster = String.valueOf(keys.cluster());
      var answers =
          AllHosts.ask(
              config(), hosts(keys).values(), (host, engine) -> measure(host, engine, cluster));
      List<Row> rows = new ArrayList<>();
      SortedMap<String, String> problems = new TreeMap<>();
      answers.forEach(
          (host, answer) -> {
            if (answer.value() == null) {
              problems.put(host, answer.problem());
            } else {
              rows.addAll(answer.value());
            }
          });
      if (json()) {
        problems.values().forEach(talk()::line);
        if (watch) {
          sayNext(rows);
        } else {
          say(List.of(), rows);
        }
      } else if (watch) {
        out.replace(table(rows, problems));
      } else {
        out.table(table(rows, problems));
      }
      if (!watch) {
        return problems.isEmpty() ? 0 : NO;
      }
      // Measuring takes a second, but only where there is something to measure.
      Thread.sleep(
          Math.max(0, AGAIN.minus(Duration.ofNanos(System.nanoTime() - begin)).toMillis()));
    }
  }

  private static List<Row> measure(Host host, HostEngine engine, String cluster) throws Exception {
    List<Future<Row>> measured = new ArrayList<>();
    Semaphore atOnce = new Semaphore(MOST_AT_ONCE);
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Container container : engine.list()) {
        Ownership.Owned owned = Ownership.of(container, cluster);
        if (owned != null && container.state() == Container.State.RUNNING) {
          measured.add(
              workers.submit(
                  () -> {
                    atOnce.acquire();
                    try {
                      return new Row(host.hostname(), owned.job(), engine.usage(container.id()));
                    } finally {
                      atOnce.release();
                    }
                  }));
        }
      }
    }
    List<Row> rows = new ArrayList<>();
    for (Future<Row> one : measured) {
      // A container may have ended meanwhile.
      if (one.state() == Future.State.SUCCESS) {
        rows.add(one.resultNow());
      }
    }
    rows.sort(Comparator.comparingDouble(row -> -row.usage().cpus()));
    rows.addFirst(new Row(host.hostname(), "", sum(rows, engine.memoryBytes())));
    return rows;
  }

  /** What our jobs on a host use, of its memory. */
  private static Usage sum(List<Row> jobs, long memory) {
    return new Usage(
        jobs.stream().mapToDouble(row -> row.usage().cpus()).sum(),
        jobs.stream().mapToLong(row -> row.usage().memoryBytes()).sum(),
        memory,
        jobs.stream().mapToLong(row -> row.usage().received()).sum(),
        jobs.stream().mapToLong(row -> row.usage().sent()).sum());
  }

  private static Table table(List<Row> rows, SortedMap<String, String> problems) {
    Table table = new Table("HOST/JOB", "CPUS", "MEMORY", "OF", "RECEIVED", "SENT");
    for (Row row : rows) {
      boolean host = row.job().isEmpty();
      table.row(
          new Cell(
              host ? row.host() + ", our jobs" : "  " + row.job(),
              host ? Style.HEADING : Style.PLAIN),
          String.format(Locale.ROOT, "%.2f", row.usage().cpus()),
          Sizes.of(row.usage().memoryBytes()),
          row.usage().memoryLimit() == Long.MAX_VALUE ? "-" : Sizes.of(row.usage().memoryLimit()),
          Sizes.of(row.usage().received()),
          Sizes.of(row.usage().sent()));
    }
    problems.forEach(
        (host, problem) -> table.row(new Cell(host, Style.BAD), "", "", "", "", problem));
    return table;
  }
}
