package io.dowding.cli;

import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.PinnedData;
import io.dowding.keys.Key;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pin}: to a host, with a look at the data first. */
@Command(
    name = "pin",
    description = "Pins a job or service to a host.",
    footer = {"Example:", "  dowding pin web.1 host2 --wait"},
    mixinStandardHelpOptions = true)
final class PinCommand extends ChangeCommand {

  @Mixin private JobArgument job = new JobArgument();

  @Parameters(
      index = "1",
      paramLabel = "HOST",
      completionCandidates = Completion.Hosts.class,
      description = "A host of the inventory.")
  private String host = "";

  @Option(
      names = "--force",
      description =
          "Allows a host that is not in the inventory, or without the job's data, and a job that is not there yet.")
  private boolean force;

  @Override
  int run() throws Exception {
    String id = job.id();
    if (!Names.isJob(id) || !Names.isHostname(host)) {
      throw new IllegalArgumentException(
          id
              + " and "
              + host
              + " are not a job and a host: name them as in dowding pin web.1 host2");
    }
    EtcdKeys keys = keys();
    Set<String> known = hosts(keys).keySet();
    if (!force && !known.contains(host)) {
      throw new IllegalArgumentException(Missing.host(host, known) + " (--force pins it anyway)");
    }
    PinnedData data = new PinnedData(keys);
    if (!force && !data.isKnown(id)) {
      throw new IllegalArgumentException(
          Missing.job(id, keys) + "; to pin it before it is there, use --force");
    }
    Pin pin = new Pin.ToHost(host, false);
    List<String> left = leftBehind(data, id, pin, "on " + host, force);
    data.write(id, pin);
    say(id + " is pinned to " + host, Map.of("id", id, "host", host, "leftBehind", left));
    if (!json()) {
      left.forEach(talk()::line);
    }
    return keys.get(Key.SERVICES + Names.serviceOf(id)).isPresent()
        ? finish(List.of(Names.serviceOf(id)), Expected.hosts(Map.of(id, host)))
        : 0;
  }

  /**
   * What a pin would leave behind, in words.
   *
   * @param where the jobs would run then, in words
   * @throws IllegalArgumentException with that, unless this is forced
   */
  static List<String> leftBehind(PinnedData data, String id, Pin pin, String where, boolean force) {
    List<String> left = PinnedData.words(data.leftBehind(id, pin));
    if (!force && !left.isEmpty()) {
      throw new IllegalArgumentException(
          String.join("; ", left)
              + "; "
              + where
              + " it would start with an empty volume. Copy the data first, then use --force;"
              + " dowding unpin "
              + id
              + " goes back to it");
    }
    return left;
  }
}
