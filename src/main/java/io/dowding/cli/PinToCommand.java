package io.dowding.cli;

import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.PinnedData;
import io.dowding.keys.Key;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pin-to}: to the host of another job, with a look at the data first. */
@Command(
    name = "pin-to",
    description = "Pins a job or service to the host of another one.",
    footer = {"Example:", "  dowding pin-to app db --wait"},
    mixinStandardHelpOptions = true)
final class PinToCommand extends ChangeCommand {

  @Mixin private JobArgument job = new JobArgument();

  @Parameters(
      index = "1",
      paramLabel = "TARGET",
      completionCandidates = Completion.Jobs.class,
      description = "The service or job to follow.")
  private String target = "";

  @Option(
      names = "--force",
      description = "Allows a host without the job's data, and jobs that are not there yet.")
  private boolean force;

  @Override
  int run() throws Exception {
    String id = job.id();
    EtcdKeys keys = keys();
    PinnedData data = new PinnedData(keys);
    for (String one : List.of(id, target)) {
      if (!force && !data.isKnown(one)) {
        throw new IllegalArgumentException(
            Missing.job(one, keys) + "; to pin before it is there, use --force");
      }
    }
    List<String> left =
        PinCommand.leftBehind(data, id, new Pin.ToJob(target), "next to " + target, force);
    scheduler().pinTo(id, target, true);
    String host = data.place(target);
    say(
        id + " is pinned to the host of " + target,
        Map.of("id", id, "job", target, "host", host, "leftBehind", left));
    if (!json()) {
      left.forEach(talk()::line);
    }
    if (keys.get(Key.SERVICES + Names.serviceOf(id)).isEmpty()) {
      return 0;
    }
    return finish(
        List.of(Names.serviceOf(id)),
        host.isEmpty() ? Expected.NOTHING : Expected.hosts(Map.of(id, host)));
  }
}
