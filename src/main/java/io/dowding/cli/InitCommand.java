package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.dowding.etcd.EtcdHealth;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdSettings;
import io.dowding.keys.Key;
import io.dowding.model.SshEndpoint;
import java.io.Console;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code init}: from machines with an SSH server to a cluster. */
@Command(
    name = "init",
    description = {
      "Sets up a cluster on this machine, as root, from the Debian package; or adds hosts to it.",
      "Reaches each host with your ssh, installs docker.io and etcd-server where they are missing,"
          + " after asking; lets the agent log in, writes the inventory, and starts etcd and the"
          + " agent. Run it again to continue after an error."
    },
    footer = {
      "Example:",
      "  dowding init root@10.0.0.11 root@10.0.0.12 admin@10.0.0.13",
      "  dowding init --etcd http://10.0.0.1:2379 --yes root@10.0.0.14"
    },
    mixinStandardHelpOptions = true)
final class InitCommand implements Callable<Integer> {

  private static final Duration HOSTS_UP = Duration.ofSeconds(30);
  private static final Duration AGAIN = Duration.ofMillis(200);
  private static final Pattern URLS = Pattern.compile("https?://[A-Za-z0-9.:,/\\[\\]-]+");

  @Parameters(
      arity = "1..*",
      paramLabel = "USER@HOST",
      description = "A host, as ssh takes it, or with a port: user@host:2222.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--etcd",
      paramLabel = "URL",
      description = "An etcd that exists; by default the configured one, or one on this machine.")
  private @Nullable String etcd;

  @Option(names = "--yes", description = "Answers the question whether to install and change this.")
  private boolean yes;

  @Option(
      names = "--dry-run",
      description = "Logs in and looks, and says what it would do; changes nothing.")
  private boolean dryRun;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Output talk = Output.errors(spec);
    List<SshEndpoint> given = endpoints(hosts);
    if (etcd != null && !URLS.matcher(etcd).matches()) {
      throw new IllegalArgumentException(
          "--etcd: \"" + etcd + "\" is not a URL such as http://10.0.0.1:2379");
    }
    if (!"root".equals(System.getProperty("user.name"))) {
      throw new IllegalStateException("init needs root on this machine: sudo dowding init ...");
    }
    InitFiles files = new InitFiles(Config.INSTALLED, InitFiles.INVENTORY);
    Init init = new Init(new LocalShell(), files, talk, this::mayDo, InitCommand::problem);
    List<String> names = init.run(given, etcd, person(System.getenv()), dryRun);
    if (names.isEmpty()) {
      return dryRun ? 0 : DowdingCommand.NO;
    }
    boolean up = awaitUp(names, talk);
    for (String command : List.of("hosts", "status")) {
      Main.line(new String[] {command})
          .setOut(spec.commandLine().getOut())
          .setErr(spec.commandLine().getErr())
          .execute(command);
    }
    return up ? 0 : DowdingCommand.NO;
  }

  /**
   * @throws IllegalArgumentException naming what is not of this form
   */
  static List<SshEndpoint> endpoints(List<String> hosts) {
    List<SshEndpoint> endpoints = new ArrayList<>();
    for (String host : hosts) {
      SshEndpoint one = SshEndpoint.of(SshEndpoint.isOne(host) ? host : "ssh://" + host);
      if (one == null) {
        throw new IllegalArgumentException(
            "\"" + host + "\" is not of the form user@host or user@host:port");
      }
      endpoints.add(one);
    }
    return endpoints;
  }

  /** With sudo, the keys and the ssh configuration are those of the user who called it. */
  static List<String> person(Map<String, String> environment) {
    String user = environment.getOrDefault("SUDO_USER", "");
    return user.isEmpty() || user.equals("root") ? List.of() : List.of("runuser", "-u", user, "--");
  }

  @SuppressWarnings("SystemConsoleNull") // It is null where neither is a terminal.
  private boolean mayDo(List<String> work) {
    Output talk = Output.errors(spec);
    talk.line("To do:");
    work.forEach(line -> talk.line("  " + line));
    if (yes) {
      return true;
    }
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new IllegalStateException(
          "nothing was changed: without a terminal, agree to the above with --yes");
    }
    talk.line("Do this? [y/N]");
    String answer = console.readLine();
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }

  private static String problem(EtcdSettings at, Duration patience) throws InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      List<EtcdHealth.Member> members = EtcdHealth.ask(at);
      if (members.stream().anyMatch(member -> member.problem().isEmpty())) {
        return "";
      }
      if (System.nanoTime() - begin >= patience.toNanos()) {
        return members.getLast().problem();
      }
      Thread.sleep(AGAIN);
    }
  }

  /** Whether the agent reports all of these as up in time. */
  private static boolean awaitUp(List<String> names, Output talk)
      throws InterruptedException, JsonProcessingException {
    Config config = Config.read(Config.INSTALLED, Map.of());
    long begin = System.nanoTime();
    try (EtcdKeys keys = new EtcdKeys(config.etcdSettings(), config.base())) {
      while (true) {
        List<String> away = new ArrayList<>();
        Map<String, String> status = keys.all(Key.HOST_STATUS);
        for (String name : names) {
          String value = status.getOrDefault(Key.HOST_STATUS + name, "{}");
          if (!DowdingCommand.read(value).path("state").asText().equals("up")) {
            away.add(name);
          }
        }
        if (away.isEmpty()) {
          return true;
        }
        if (System.nanoTime() - begin > HOSTS_UP.toNanos()) {
          talk.line(
              "the agent does not report these hosts as up yet: "
                  + String.join(", ", away)
                  + "; look at: dowding doctor");
          return false;
        }
        Thread.sleep(AGAIN);
      }
    }
  }
}
