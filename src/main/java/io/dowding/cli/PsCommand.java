package io.dowding.cli;

import io.dowding.etcd.EtcdKeys;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Ownership;
import io.dowding.model.Port;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ps}: what the engines say, unlike {@code status}. */
@Command(
    name = "ps",
    description = "Asks the engines which containers there are.",
    footer = {"Example:", "  dowding ps host2 --all"},
    mixinStandardHelpOptions = true)
final class PsCommand extends KeysCommand {

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "HOST",
      completionCandidates = Completion.Hosts.class,
      description = "Only those of this host.")
  private @Nullable String host;

  @Option(
      names = {"-a", "--all"},
      description = "Also containers that are not of this cluster, which are never touched.")
  private boolean all;

  /** A container of a host. */
  private record Row(
      String host,
      String job,
      String container,
      String name,
      String state,
      @Nullable String health,
      String since,
      String image,
      List<String> ports) {}

  @Override
  int run(EtcdKeys keys) throws Exception {
    Map<String, Host> known = hosts(keys);
    if (host != null && !known.containsKey(host)) {
      throw new IllegalArgumentException(Missing.host(host, known.keySet()));
    }
    Collection<Host> asked = host == null ? known.values() : List.of(known.get(host));
    var answers = AllHosts.ask(config(), asked, (_, engine) -> engine.list());
    String cluster = String.valueOf(keys.cluster());
    List<Row> rows = new ArrayList<>();
    Table table = new Table("HOST", "JOB", "CONTAINER", "STATE", "AGE", "PORTS, IMAGE");
    boolean complete = true;
    for (var answer : answers.entrySet()) {
      List<Container> there = answer.getValue().value();
      if (there == null) {
        complete = false;
        talk().line(answer.getValue().problem());
        continue;
      }
      List<Row> ofHost = new ArrayList<>();
      for (Container container : there) {
        Ownership.Owned owned = Ownership.of(container, cluster);
        if (owned != null || all) {
          ofHost.add(row(answer.getKey(), container, owned == null ? "" : owned.job()));
        }
      }
      ofHost.sort((a, b) -> Names.compareJobs(a.job(), b.job()));
      rows.addAll(ofHost);
    }
    rows.forEach(
        row ->
            table.row(
                row.host(),
                row.job().isEmpty() ? "-" : row.job(),
                row.container(),
                Cell.state(row.health() == null ? row.state() : row.health()),
                Ages.of(row.since(), Instant.now()),
                row.ports().stream().collect(Collectors.joining(", "))
                    + (row.ports().isEmpty() ? "" : "; ")
                    + row.image()));
    say(table, rows);
    return complete ? 0 : NO;
  }

  private static Row row(String host, Container container, String job) {
    Instant started = container.startedAt();
    return new Row(
        host,
        job,
        container.shortId(),
        container.name(),
        container.state().word(),
        container.health(),
        started == null ? "" : started.toString(),
        container.image().replaceFirst("(@sha256:[0-9a-f]{12})[0-9a-f]+$", "$1"),
        container.ports().stream()
            .filter(port -> port.published() != 0)
            .map(PsCommand::text)
            .distinct()
            .toList());
  }

  private static String text(Port port) {
    return port.published() + "->" + port.target() + "/" + port.protocol();
  }
}
