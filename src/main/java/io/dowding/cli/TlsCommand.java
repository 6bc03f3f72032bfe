package io.dowding.cli;

import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Host;
import io.dowding.tls.Authority;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tls}: certificates for engines. */
@Command(
    name = "tls",
    description = "Makes certificates for hosts with tcp://.",
    footer = {"Example:", "  dowding tls init"},
    mixinStandardHelpOptions = true,
    subcommands = TlsCommand.Init.class)
final class TlsCommand {

  private TlsCommand() {}

  @Command(
      name = "init",
      description = {
        "Makes a CA, a certificate for each tcp:// host of the inventory, and one for the agents, and"
            + " shows how to set up the hosts.",
        "A CA that is there is kept, as are certificates; new hosts get theirs."
      },
      footer = {"Example:", "  dowding tls init --directory tls --days 90"},
      mixinStandardHelpOptions = true)
  static final class Init extends DowdingCommand {

    private static final DateTimeFormatter DAY =
        DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC);

    @Option(
        names = "--directory",
        paramLabel = "DIR",
        description = "Where the files are. Default: ${DEFAULT-VALUE}.")
    private Path directory = Path.of("/etc/dowding/tls");

    @Option(
        names = "--days",
        paramLabel = "N",
        description = "How long new certificates are valid. Default: ${DEFAULT-VALUE}.")
    private int days = 365;

    @Option(
        names = "--renew",
        description = "Renews certificates with less than 30 days, or a third of their time, left.")
    private boolean renew;

    @Override
    public Integer call() throws Exception {
      if (days < 1) {
        throw new IllegalArgumentException("--days: is less than 1");
      }
      List<Host> hosts = hosts();
      TlsDirectory files =
          new TlsDirectory(directory.toAbsolutePath(), Duration.ofDays(days), renew, Instant.now());
      boolean hadAuthority = files.hasAuthority();
      Authority authority = files.authority();
      TlsDirectory.Made client = files.client(authority);
      Map<Host, TlsDirectory.Made> servers = new LinkedHashMap<>();
      for (Host host : hosts) {
        servers.put(host, files.server(authority, host));
      }
      if (json()) {
        say(List.of(), tree(client, servers));
        return 0;
      }
      Table table = new Table("CERTIFICATE", "UNTIL", "FILES", "");
      table.row(
          "CA",
          DAY.format(authority.until()),
          directory.toAbsolutePath(),
          hadAuthority ? "kept" : "new");
      row(table, "agents", client);
      servers.forEach((host, made) -> row(table, host.hostname(), made));
      out().table(table);
      out().lines(advice(files.clientFiles(), servers));
      after(servers, client);
      return 0;
    }

    private List<Host> hosts() throws Exception {
      SortedMap<String, Host> all;
      if (config().isInventoryInEtcd()) {
        try (EtcdKeys keys = new EtcdKeys(config().etcdSettings(), config().base())) {
          all = config().hosts(keys.all(Key.INVENTORY));
        }
      } else {
        all = config().hosts(Map.of());
      }
      List<Host> hosts =
          all.values().stream().filter(host -> host.docker().startsWith("tcp:")).toList();
      if (hosts.isEmpty()) {
        throw new IllegalArgumentException(
            "the inventory has no host with tcp://; others need no certificates");
      }
      return hosts;
    }

    private static void row(Table table, String name, TlsDirectory.Made made) {
      table.row(name, DAY.format(made.until()), made.files(), made.done().words());
    }

    private static Map<String, Object> tree(
        TlsDirectory.Made client, Map<Host, TlsDirectory.Made> servers) {
      List<Map<String, Object>> hosts = new ArrayList<>();
      servers.forEach(
          (host, made) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("host", host.hostname());
            one.putAll(tree(made));
            one.put("daemon", EngineSetup.daemon(host));
            hosts.add(one);
          });
      Map<String, Object> unit =
          Map.of(EngineSetup.UNIT, String.join("\n", EngineSetup.UNIT_LINES) + "\n");
      return Map.of("client", tree(client), "hosts", hosts, "unit", unit);
    }

    private static Map<String, Object> tree(TlsDirectory.Made made) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("files", made.files().toString());
      tree.put("until", made.until().toString());
      tree.put("result", made.done().words());
      return tree;
    }

    private static List<String> advice(Path client, Map<Host, TlsDirectory.Made> servers)
        throws Exception {
      List<String> lines = new ArrayList<>();
      List<Host> changed = new ArrayList<>();
      servers.forEach(
          (host, made) -> {
            if (made.done().isNew()) {
              changed.add(host);
              lines.add("");
              lines.add("To " + host.hostname() + ":");
              EngineSetup.copying(host, made.files()).forEach(line -> lines.add("  " + line));
            }
          });
      if (!changed.isEmpty()) {
        lines.addAll(EngineSetup.steps(changed));
      }
      lines.add("");
      lines.add("In dowding.yaml, if the agent can read these files:");
      lines.add("docker:");
      lines.add("  certificates: " + client);
      lines.add("  requireTls: true");
      return lines;
    }

    private void after(Map<Host, TlsDirectory.Made> servers, TlsDirectory.Made client) {
      boolean due =
          client.done() == TlsDirectory.Done.ENDS_SOON
              || servers.values().stream()
                  .anyMatch(made -> made.done() == TlsDirectory.Done.ENDS_SOON);
      next(due ? "tls init --renew" : "doctor");
    }
  }
}
