package io.dowding.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.docker.HostEngine;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Resources;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hosts}: what there is of each host, and what is used of it. */
@Command(
    name = "hosts",
    description = "Shows the hosts: state, your setting, jobs, what is reserved and what is free.",
    footer = {"Example:", "  dowding hosts --disk"},
    mixinStandardHelpOptions = true)
final class HostCommand extends KeysCommand {

  @Option(
      names = "--disk",
      description = "Also asks each engine how much its images, containers and volumes take.")
  private boolean disk;

  @Override
  int run(EtcdKeys keys) throws Exception {
    Map<String, String> hosts = keys.all(Key.HOST_STATUS);
    SortedMap<String, AllHosts.Answer<HostEngine.Disk>> used =
        disk
            ? AllHosts.ask(config(), hosts(keys).values(), (_, engine) -> engine.disk())
            : new TreeMap<>();
    ObjectNode all = JSON.createObjectNode();
    StatusCommand.put(all, "hosts", hosts);
    if (json()) {
      used.forEach(
          (host, answer) -> all.withObjectProperty("disk").set(host, JSON.valueToTree(answer)));
      out().json(all.toPrettyString());
      return 0;
    }
    Set<String> plain = config().plainHosts(keys.all(Key.INVENTORY));
    Table table = new Table("HOST", "STATE", "SETTING", "FOR", "JOBS", "CPUS", "MEMORY", "DETAILS");
    for (Map.Entry<String, JsonNode> host : all.path("hosts").properties()) {
      JsonNode status = host.getValue();
      String name = host.getKey();
      String plainly = plain.contains(name) ? "without encryption (insecure: true is not set)" : "";
      AllHosts.Answer<HostEngine.Disk> use = used.get(name);
      table.row(
          name,
          Cell.state(status.path("state").asText()),
          Cell.state(status.path("operator").asText()),
          Ages.of(status.path("since").asText(""), Instant.now()),
          status.path("ours").asInt(),
          of(status, "cpus"),
          of(status, "memoryBytes"),
          Stream.of(
                  unmanaged(status),
                  devices(status),
                  use == null ? "" : use.words(HostCommand::disk),
                  plainly,
                  status.path("error").asText(""),
                  status.path("problem").asText(""))
              .filter(text -> !text.isEmpty())
              .collect(Collectors.joining("; ")));
    }
    boolean isEmpty = hosts(keys).isEmpty();
    if (isEmpty) {
      talk().line("the inventory is empty: add hosts to " + config().inventoryPlace(configFile()));
    }
    if (!table.isEmpty()) {
      out().table(table);
    } else if (!isEmpty) {
      talk().line("no agent has looked at a host yet");
      next("agent");
    }
    return 0;
  }

  private static String disk(HostEngine.Disk disk) {
    return "images %s, containers %s, volumes %s, build cache %s"
        .formatted(
            Sizes.of(disk.images()),
            Sizes.of(disk.containers()),
            Sizes.of(disk.volumes()),
            Sizes.of(disk.cache()));
  }

  private static String unmanaged(JsonNode status) {
    int others = status.path("unmanaged").asInt();
    return others == 0 ? "" : "unmanaged " + others;
  }

  /** What jobs reserve of what there is for them, such as {@code 1.5/8}. */
  static String of(JsonNode status, String field) {
    if (!status.path("capacity").isObject()) {
      return "-";
    }
    List<String> amounts =
        Stream.of("reserved", "capacity")
            .map(
                part -> {
                  JsonNode amount = status.path(part).path(field);
                  return field.equals("cpus") ? amount.asText() : Resources.memory(amount.asLong());
                })
            .toList();
    String reserved = amounts.getFirst();
    String capacity = amounts.getLast();
    String unit = capacity.substring(capacity.lastIndexOf(' ') + 1);
    return (reserved.endsWith(" " + unit)
            ? reserved.substring(0, reserved.length() - unit.length() - 1)
            : reserved)
        + "/"
        + capacity;
  }

  private static String devices(JsonNode status) {
    return status.path("capacity").path("devices").properties().stream()
        .map(
            device ->
                "%s %d/%s"
                    .formatted(
                        device.getKey(),
                        status.path("reserved").path("devices").path(device.getKey()).asLong(),
                        device.getValue().asText()))
        .collect(Collectors.joining(", "));
  }
}
