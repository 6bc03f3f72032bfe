package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Availability;
import io.dowding.model.Names;
import io.dowding.model.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hosts}, and commands that write the operator's setting of a host. */
@Command(
    name = "hosts",
    description = "Shows the hosts: state, your setting, containers, reservations.",
    mixinStandardHelpOptions = true)
final class HostCommand extends KeysCommand {

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Override
  int run(EtcdKeys keys) throws Exception {
    Map<String, String> hosts = keys.all(Key.HOST_STATUS);
    if (json) {
      ObjectNode all = JSON.createObjectNode();
      StatusCommand.put(all, "hosts", hosts);
      out().json(all.toPrettyString());
      return 0;
    }
    Set<String> plain = config().plainHosts(keys.all(Key.INVENTORY));
    for (Map.Entry<String, String> host : hosts.entrySet()) {
      JsonNode status = read(host.getValue());
      String name = host.getKey().substring(Key.HOST_STATUS.length());
      String plainly = plain.contains(name) ? "without encryption (insecure: true is not set)" : "";
      String notes =
          Stream.of(
                  room(status),
                  plainly,
                  status.path("error").asText(""),
                  status.path("problem").asText(""))
              .filter(text -> !text.isEmpty())
              .collect(Collectors.joining("; "));
      out()
          .line(
              "%-20s %-8s %-7s ours %d, unmanaged %d  %s"
                  .formatted(
                      name,
                      status.path("state").asText(),
                      status.path("operator").asText(),
                      status.path("ours").asInt(),
                      status.path("unmanaged").asInt(),
                      notes)
                  .stripTrailing());
    }
    return 0;
  }

  /** What there is for jobs, and what they reserve of it; empty where the engine does not tell. */
  static String room(JsonNode status) {
    JsonNode capacity = status.path("capacity");
    JsonNode reserved = status.path("reserved");
    JsonNode free = status.path("free");
    if (!capacity.isObject()) {
      return "";
    }
    List<String> parts = new ArrayList<>();
    parts.add(
        "CPUs %s reserved of %s, %s free"
            .formatted(
                reserved.path("cpus").asText(),
                capacity.path("cpus").asText(),
                free.path("cpus").asText()));
    parts.add(
        "memory %s reserved of %s, %s free"
            .formatted(memory(reserved), memory(capacity), memory(free)));
    capacity
        .path("devices")
        .properties()
        .forEach(
            device ->
                parts.add(
                    "%s %d reserved of %s, %s free"
                        .formatted(
                            device.getKey(),
                            reserved.path("devices").path(device.getKey()).asLong(),
                            device.getValue().asText(),
                            free.path("devices").path(device.getKey()).asLong())));
    return String.join(", ", parts);
  }

  private static String memory(JsonNode amount) {
    return Resources.memory(amount.path("memoryBytes").asLong());
  }

  /** Writes {@code hosts/<hostname>}. */
  abstract static class Word extends KeysCommand {

    @Parameters(index = "0", paramLabel = "HOST")
    private String host = "";

    private final Availability word;

    Word(Availability word) {
      this.word = word;
    }

    @Override
    int run(EtcdKeys keys) {
      if (!Names.isHostname(host)) {
        throw new IllegalArgumentException("\"" + host + "\" is not a hostname");
      }
      if (word == Availability.ACTIVE) {
        keys.delete(Key.HOSTS + host);
      } else {
        keys.put(Key.HOSTS + host, word.word());
      }
      out().line(host + ": " + word.word());
      return 0;
    }
  }

  @Command(
      name = "drain",
      description = "Moves a host's jobs away, except those pinned to it.",
      mixinStandardHelpOptions = true)
  static final class Drain extends Word {
    Drain() {
      super(Availability.DRAIN);
    }
  }

  @Command(
      name = "pause",
      description = "Gives a host no new jobs.",
      mixinStandardHelpOptions = true)
  static final class Pause extends Word {
    Pause() {
      super(Availability.PAUSE);
    }
  }

  @Command(
      name = "activate",
      description = "Resets a host to active.",
      mixinStandardHelpOptions = true)
  static final class Activate extends Word {
    Activate() {
      super(Availability.ACTIVE);
    }
  }

  @Command(
      name = "gone",
      description = "Marks a host as dead for good: its jobs move.",
      mixinStandardHelpOptions = true)
  static final class Gone extends Word {
    Gone() {
      super(Availability.GONE);
    }
  }
}
