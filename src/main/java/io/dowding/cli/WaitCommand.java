package io.dowding.cli;

import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wait}: for scripts, after a change that did not wait. */
@Command(
    name = "wait",
    description = {
      "Waits until services are as their definitions say, with all jobs good.",
      "A removed service is good when nothing of it is left.",
      "Exit status: 0 good, 1 failed, 3 not within --timeout."
    },
    footer = {"Example:", "  dowding wait web api --timeout 90s"},
    mixinStandardHelpOptions = true)
final class WaitCommand extends KeysCommand {

  @Parameters(
      arity = "0..*",
      paramLabel = "SERVICE",
      completionCandidates = Completion.Services.class,
      description = "These services. Default: all.")
  private List<String> services = List.of();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "5m",
      converter = WaitOptions.Time.class,
      description = "How long to wait, such as 90s or 5m. Default: ${DEFAULT-VALUE}.")
  private Duration limit = Duration.ofMinutes(5);

  @Override
  int run(EtcdKeys keys) throws Exception {
    for (String service : services) {
      if (!mayExist(keys, service)) {
        throw new IllegalArgumentException(Missing.service(service, keys));
      }
    }
    List<String> all = services.isEmpty() ? Missing.names(keys, Key.SERVICES) : services;
    int status = new Waiting(keys, talk(), json(), this::next).forAll(all, limit);
    if (json()) {
      say(List.of(), Map.of("services", all, "good", status == 0));
    }
    return status;
  }

  /** It may also have been removed just now; that may be what this waits for. */
  private static boolean mayExist(EtcdKeys keys, String service) {
    String job = "\"job\":\"" + service + ".";
    return keys.get(Key.SERVICES + service).isPresent()
        || keys.get(Key.SERVICE_STATUS + service).isPresent()
        || keys.all(Key.WORK).values().stream().anyMatch(lines -> lines.contains(job));
  }
}
