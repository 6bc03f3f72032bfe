package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.compose.project.Messages;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdHealth;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdSettings;
import io.dowding.etcd.Sealing;
import io.dowding.keys.Key;
import io.dowding.model.Host;
import io.dowding.model.SshEndpoint;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code doctor}: everything that a cluster needs, a line each. */
@Command(
    name = "doctor",
    description = {
      "Checks the configuration, etcd, agents, hosts, certificates and keys, a line each.",
      "Exit status: 0 if all is well, else 1."
    },
    footer = {"Example:", "  dowding doctor"},
    mixinStandardHelpOptions = true)
final class DoctorCommand extends DowdingCommand {

  private final Diagnosis diagnosis = new Diagnosis();

  @Override
  public Integer call() throws Exception {
    Config config = config();
    diagnosis.ok("configuration", configFile() + ", base key " + config.base());
    for (Path open : config.openSecrets(configFile())) {
      diagnosis.problem(
          "file " + open, "holds a secret and can be read by others", "chmod go= " + open);
    }
    boolean answers = false;
    for (EtcdHealth.Member member : EtcdHealth.ask(config.etcdSettings())) {
      answers |= member.problem().isEmpty();
      Checkup.etcd(member, configFile(), diagnosis);
    }
    certificates(config);
    if (answers) {
      try (EtcdKeys keys = new EtcdKeys(config.etcdSettings(), config.base())) {
        agents(keys);
        hosts(config, keys);
        secrets(keys);
        keys(keys);
      }
    }
    say(diagnosis.table(), diagnosis.findings());
    return diagnosis.isFine() ? 0 : NO;
  }

  private void certificates(Config config) {
    Instant now = Instant.now();
    EtcdSettings etcd = config.etcdSettings();
    for (Path file : new Path[] {etcd.ca(), etcd.certificate()}) {
      if (file != null) {
        Certificates.look(file, now, diagnosis);
      }
    }
    Path docker = config.dockerSettings().certificates();
    if (docker != null) {
      engines(docker, now);
    }
  }

  private void engines(Path directory, Instant now) {
    Certificates.look(directory.resolve("ca.pem"), now, diagnosis);
    Certificates.look(directory.resolve("cert.pem"), now, diagnosis);
  }

  /** The certificates of hosts that have their own. */
  private void certificates(Collection<Host> hosts) {
    for (Path directory : new TreeSet<>(hosts.stream().flatMap(DoctorCommand::own).toList())) {
      engines(directory, Instant.now());
      Path key = directory.resolve("key.pem");
      if (PrivateFiles.isOpen(key)) {
        diagnosis.problem(
            "file " + key, "holds a secret and can be read by others", "chmod go= " + key);
      }
    }
  }

  private static Stream<Path> own(Host host) {
    return Stream.ofNullable(host.certificates()).map(Path::of);
  }

  private void agents(EtcdKeys keys) {
    List<String> candidates = keys.candidates();
    if (candidates.isEmpty()) {
      diagnosis.problem("agents", "none is running", "start one: systemctl start dowding");
      return;
    }
    JsonNode leader = written(candidates.getFirst());
    diagnosis.ok(
        "agents",
        "%s has led for %s, %d on standby"
            .formatted(
                leader.path("name").asText(),
                Ages.of(leader.path("since").asText(""), Instant.now()),
                candidates.size() - 1));
  }

  private void hosts(Config config, EtcdKeys keys) {
    Map<String, String> inventory = keys.all(Key.INVENTORY);
    var plain = config.plainHosts(inventory);
    SortedMap<String, Host> hosts = config.hosts(inventory);
    certificates(hosts.values());
    SortedMap<String, AllHosts.Answer<Checkup.Seen>> answers =
        AllHosts.ask(config, hosts.values(), (_, engine) -> Checkup.Seen.of(engine));
    if (answers.isEmpty()) {
      diagnosis.problem(
          "hosts", "the inventory is empty", "add hosts to " + config.inventoryPlace(configFile()));
    }
    answers.forEach(
        (name, answer) -> {
          String what = "host " + name;
          Checkup.Seen seen = answer.value();
          if (seen == null) {
            diagnosis.problem(what, answer.problem(), todo(config, hosts.get(name)));
            return;
          }
          Checkup.host(what, seen, by(hosts.get(name)), plain.contains(name), diagnosis);
        });
  }

  /** The user whose ssh was used. The agent's may have other keys. */
  private static String by(@Nullable Host host) {
    return host != null && SshEndpoint.isOne(host.docker())
        ? ", through SSH as user " + System.getProperty("user.name")
        : "";
  }

  private static String todo(Config config, @Nullable Host host) {
    if (host != null
        && host.docker().startsWith("tcp:")
        && config.dockerSettings().certificates(host) != null) {
      return "start Docker there, or correct its docker: or the certificates";
    }
    SshEndpoint ssh = host == null ? null : SshEndpoint.of(host.docker());
    return ssh == null
        ? "start Docker there, or correct its docker:"
        : "make this work for user %s, which asked, and for the agent's user: ssh %s%s docker version"
            .formatted(
                System.getProperty("user.name"),
                ssh.port() == 0 ? "" : "-p " + ssh.port() + " ",
                ssh.login());
  }

  private void secrets(EtcdKeys keys) {
    Map<String, EtcdKeys.Value> all = new TreeMap<>();
    try {
      all.putAll(keys.values(Key.SECRETS));
      all.putAll(keys.values(Key.VERSIONS));
    } catch (EtcdException failed) {
      if (failed.isRefusal()) {
        return;
      }
      throw failed;
    }
    all.values().removeIf(value -> value.sealing().keys().isEmpty());
    List<String> outdated = new ArrayList<>();
    boolean isReadable = true;
    for (Map.Entry<String, EtcdKeys.Value> one : all.entrySet()) {
      Sealing sealing = one.getValue().sealing();
      if (sealing.problem() != null) {
        isReadable = false;
        diagnosis.problem(
            one.getKey(), sealing.problem(), "add that key under encryption in " + configFile());
      } else if (!sealing.isCurrent()) {
        outdated.add(one.getKey());
      }
    }
    if (!outdated.isEmpty()) {
      diagnosis.problem(
          "secrets",
          "not encrypted, or not with the first key: "
              + String.join(", ", Messages.first(outdated)),
          "dowding secret rotate");
    } else if (isReadable && !all.isEmpty()) {
      diagnosis.ok("secrets", keys.encrypts() ? "all encrypted" : "not encrypted");
    }
  }

  private void strange(String key) {
    diagnosis.problem("key " + key, StatusCommand.STRANGE, StatusCommand.WRITE_AGAIN);
  }

  private void keys(EtcdKeys keys) {
    for (Map.Entry<String, String> one : keys.all(Key.PROBLEMS).entrySet()) {
      JsonNode value = written(one.getValue());
      if (value.isEmpty()) {
        strange(one.getKey());
        continue;
      }
      diagnosis.problem(
          "key " + one.getKey().substring(Key.PROBLEMS.length()),
          value.path("problem").asText(),
          value.path("fix").asText());
    }
    for (Map.Entry<String, String> one : keys.all(Key.HOLDS).entrySet()) {
      JsonNode value = written(one.getValue());
      if (value.isEmpty()) {
        strange(one.getKey());
        continue;
      }
      diagnosis.problem(
          "hold " + one.getKey().substring(Key.HOLDS.length()),
          value.path("held").asText() + ": " + value.path("why").asText(),
          value.path("release").asText());
    }
    int bad = 0;
    int all = 0;
    for (Map.Entry<String, String> one : keys.all(Key.SERVICE_STATUS).entrySet()) {
      all++;
      JsonNode value = written(one.getValue());
      if (value.isEmpty()) {
        strange(one.getKey());
      }
      String state = value.path("state").asText();
      if (List.of("invalid", "degraded", "pending").contains(state)) {
        bad++;
        diagnosis.problem(
            "service " + one.getKey().substring(Key.SERVICE_STATUS.length()),
            state,
            "dowding status " + one.getKey().substring(Key.SERVICE_STATUS.length()));
      }
    }
    if (bad == 0) {
      diagnosis.ok("services", all + ", none invalid, degraded or pending");
    }
  }
}
