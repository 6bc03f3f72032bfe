package io.dowding.cli;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.compose.TextFile;
import io.dowding.control.Preview;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Content;
import io.dowding.model.Service;
import io.dowding.plan.HostState;
import io.dowding.plan.Planner;
import io.dowding.plan.Situation;
import io.dowding.plan.WhatIf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plan}: shows what the agent would do now and why, without doing it. */
@Command(
    name = "plan",
    description = {
      "Shows what the agent would do now and why, without doing it.",
      "Exit status: 0 nothing to do, 2 changes."
    },
    footer = {
      "Example:",
      "  dowding plan web",
      "  dowding plan --without host3",
      "  dowding plan --put web.json"
    },
    mixinStandardHelpOptions = true)
final class PlanCommand extends KeysCommand {

  private static final int CHANGES = 2;

  @Parameters(
      arity = "0..*",
      paramLabel = "SERVICE",
      completionCandidates = Completion.Services.class,
      description = "Only these services.")
  private List<String> services = List.of();

  @Option(
      names = "--without",
      paramLabel = "HOST",
      completionCandidates = Completion.Hosts.class,
      description = "As if this host were gone: what moves, what fits nowhere, what data is lost.")
  private List<String> without = List.of();

  @Option(
      names = "--with",
      paramLabel = "HOST",
      description = "As if this host were there, empty, and otherwise like the first one.")
  private List<String> with = List.of();

  @Option(
      names = "--put",
      paramLabel = "FILE",
      description = "As if this service in JSON were added; its name is that of the file.")
  private List<Path> put = List.of();

  @Override
  int run(EtcdKeys keys) throws Exception {
    mustAnswer();
    mustExist(keys);
    Preview now = Agent.preview(config());
    boolean asIs = without.isEmpty() && with.isEmpty() && put.isEmpty();
    Preview preview = asIs ? now : whatIf(keys, now);
    List<String> lines = PlanText.of(preview, services, !asIs);
    say(
        lines.isEmpty() ? List.of("nothing to do") : lines,
        PlanText.forPrograms(preview, services, !asIs));
    return lines.isEmpty() ? 0 : CHANGES;
  }

  private void mustExist(EtcdKeys keys) throws Exception {
    List<String> added = put.stream().map(PlanCommand::name).toList();
    for (String service : services) {
      if (!added.contains(service)
          && keys.get(Key.SERVICES + service).isEmpty()
          && keys.get(Key.SERVICE_STATUS + service).isEmpty()) {
        throw new IllegalArgumentException(Missing.service(service, keys));
      }
    }
  }

  private Preview whatIf(EtcdKeys keys, Preview now) throws IOException {
    Situation situation = now.situation();
    for (String host : without) {
      if (situation.host(host) == null) {
        throw new IllegalArgumentException(Missing.host(host, situation.hosts().keySet()));
      }
      situation = WhatIf.without(situation, host);
    }
    for (String host : with) {
      HostState known = situation.host(host);
      if (known == null && situation.hosts().isEmpty()) {
        throw new IllegalArgumentException(
            "there is no host that "
                + host
                + " could be like: add it to the inventory instead, and pause it");
      }
      situation =
          WhatIf.with(
              situation, host, known == null ? situation.hosts().firstEntry().getValue() : known);
    }
    for (Path file : put) {
      situation = WhatIf.put(situation, service(keys, file));
    }
    return new Preview(Planner.plan(situation), now.versions(), now.holds(), situation);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
  }

  private Service service(EtcdKeys keys, Path file) throws IOException {
    String name = name(file);
    String json = TextFile.read(file);
    Admission.check(config(), keys, name, json);
    try {
      Service service =
          ServiceReader.read(name, Long.MAX_VALUE, json.getBytes(StandardCharsets.UTF_8));
      Map<String, Content> contents = new HashMap<>();
      for (String key : service.contentKeys()) {
        keys.get(key)
            .ifPresent(
                value ->
                    contents.put(key, Content.of(value.text().getBytes(StandardCharsets.UTF_8))));
      }
      return service.withContents(contents);
    } catch (InvalidServiceException invalid) {
      throw new IllegalArgumentException(
          file + ": " + String.join("; ", invalid.problems()), invalid);
    }
  }
}
