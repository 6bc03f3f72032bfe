package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.dowding.model.Host;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is set up on a host so that its engine offers TLS. */
final class EngineSetup {

  /** Where the files go on a host. */
  private static final String THERE = "/etc/docker/tls";

  /** The unit of Docker's packages names a socket itself, which daemon.json must not repeat. */
  static final String UNIT = "/etc/systemd/system/docker.service.d/dowding.conf";

  static final List<String> UNIT_LINES = List.of("[Service]", "ExecStart=", "ExecStart=dockerd");

  private EngineSetup() {}

  /** The settings in {@code /etc/docker/daemon.json}. */
  static Map<String, Object> daemon(Host host) {
    URI docker = URI.create(host.docker());
    String all = host.engineAddress().startsWith("[") ? "[::]" : "0.0.0.0";
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("tls", true);
    settings.put("tlsverify", true);
    settings.put("tlscacert", THERE + "/ca.pem");
    settings.put("tlscert", THERE + "/cert.pem");
    settings.put("tlskey", THERE + "/key.pem");
    settings.put("hosts", List.of("fd://", "tcp://" + all + ":" + docker.getPort()));
    return settings;
  }

  /** Commands that copy a host's files to it. */
  static List<String> copying(Host host, Path files) {
    String bare = host.engineAddress().replaceAll("[\\[\\]]", "");
    return List.of(
        "ssh root@%s mkdir -p %s".formatted(bare, THERE),
        "scp %s/*.pem root@%s:%s/".formatted(files, host.engineAddress(), THERE));
  }

  /** What to do on the hosts after the files are there. */
  static List<String> steps(List<Host> hosts) throws JsonProcessingException {
    Map<Map<String, Object>, List<String>> names = new LinkedHashMap<>();
    for (Host host : hosts) {
      names.computeIfAbsent(daemon(host), _ -> new ArrayList<>()).add(host.hostname());
    }
    List<String> lines = new ArrayList<>();
    for (Map.Entry<Map<String, Object>, List<String>> one : names.entrySet()) {
      lines.add("");
      lines.add(
          "In /etc/docker/daemon.json"
              + (names.size() == 1
                  ? ""
                  : one.getValue().stream().collect(Collectors.joining(", ", " of ", "")))
              + ":");
      DowdingCommand.JSON.writeValueAsString(one.getKey()).lines().forEach(lines::add);
    }
    lines.add("");
    lines.add("In " + UNIT + ", because the unit of Docker's packages passes -H itself:");
    lines.addAll(UNIT_LINES);
    lines.add("");
    lines.add(
        "Then, on one host after the other (containers restart, unless live-restore is set):");
    lines.add("  systemctl daemon-reload && systemctl restart docker");
    return lines;
  }
}
