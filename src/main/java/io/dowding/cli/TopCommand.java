package io.dowding.cli;

import io.dowding.docker.HostEngine;
import io.dowding.docker.HostEngine.Usage;
import io.dowding.etcd.EtcdKeys;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Ownership;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code top}: from the engines' figures. */
@Command(
    name = "top",
    description = "Measures what jobs and hosts use: CPUs, memory, network.",
    footer = {"Example:", "  dowding top --watch"},
    mixinStandardHelpOptions = true)
final class TopCommand extends KeysCommand {

  @Option(names = "--watch", description = "Measures again and again.")
  private boolean watch;

  /** What a container, or all of a host's, use. */
  private record Row(String host, String job, Usage usage) {}

  @Override
  int run(EtcdKeys keys) throws Exception {
    Output out = out();
    while (true) {
      String cluster = String.valueOf(keys.cluster());
      var answers = AllHosts.ask(config(), keys, (host, engine) -> measure(host, engine, cluster));
      List<Row> rows = new ArrayList<>();
      answers.forEach(
          (host, answer) -> {
            List<Row> jobs = answer.value();
            if (jobs == null) {
              talk().line(answer.problem());
            } else {
              rows.add(new Row(host, "", sum(jobs)));
              rows.addAll(jobs);
            }
          });
      if (json()) {
        say(List.of(), rows);
      } else if (watch) {
        out.replace(table(rows));
      } else {
        out.table(table(rows));
      }
      if (!watch) {
        return answers.values().stream().allMatch(answer -> answer.value() != null) ? 0 : NO;
      }
    }
  }

  private static List<Row> measure(Host host, HostEngine engine, String cluster) throws Exception {
    List<Future<Row>> measured = new ArrayList<>();
    try (ExecutorService workers = Executors.newFixedThreadPool(16)) {
      for (Container container : engine.list()) {
        Ownership.Owned owned = Ownership.of(container, cluster);
        if (owned != null && container.state() == Container.State.RUNNING) {
          measured.add(
              workers.submit(
                  () -> new Row(host.hostname(), owned.job(), engine.usage(container.id()))));
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
    return rows;
  }

  private static Usage sum(List<Row> jobs) {
    return new Usage(
        jobs.stream().mapToDouble(row -> row.usage().cpus()).sum(),
        jobs.stream().mapToLong(row -> row.usage().memoryBytes()).sum(),
        jobs.stream().mapToLong(row -> row.usage().memoryLimit()).max().orElse(0),
        jobs.stream().mapToLong(row -> row.usage().received()).sum(),
        jobs.stream().mapToLong(row -> row.usage().sent()).sum());
  }

  private static Table table(List<Row> rows) {
    Table table = new Table("HOST/JOB", "CPUS", "MEMORY", "OF", "RECEIVED", "SENT");
    for (Row row : rows) {
      boolean host = row.job().isEmpty();
      table.row(
          new Cell(host ? row.host() : "  " + row.job(), host ? Style.HEADING : Style.PLAIN),
          String.format(Locale.ROOT, "%.2f", row.usage().cpus()),
          Sizes.of(row.usage().memoryBytes()),
          row.usage().memoryLimit() == Long.MAX_VALUE ? "-" : Sizes.of(row.usage().memoryLimit()),
          Sizes.of(row.usage().received()),
          Sizes.of(row.usage().sent()));
    }
    return table;
  }
}
