package io.dowding.cli;

import io.dowding.etcd.PinnedData;
import io.dowding.keys.Key;
import io.dowding.model.Names;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code unpin}: a job with local data goes back to it. */
@Command(
    name = "unpin",
    description = {
      "Removes a pin. A job with local data goes back to it.",
      "Exit status: 1 if it was not pinned."
    },
    footer = {"Example:", "  dowding unpin web.1"},
    mixinStandardHelpOptions = true)
final class UnpinCommand extends ChangeCommand {

  @Mixin private JobArgument job = new JobArgument();

  @Override
  int run() throws Exception {
    String id = job.id();
    boolean was = keys().get(Key.PINS + id).isPresent();
    PinnedData pinned = new PinnedData(keys());
    String data = was ? pinned.remove(id) : null;
    String said =
        !was
            ? (pinned.isKnown(id) ? id + " was not pinned" : Missing.job(id, keys()))
            : data == null
                ? id + " is no longer pinned"
                : id + " is pinned to " + data + " again, where its data is";
    TreeMap<String, Object> value = new TreeMap<>();
    value.put("id", id);
    value.put("was", was);
    value.put("data", data == null ? "" : data);
    say(said, value);
    boolean isService = keys().get(Key.SERVICES + Names.serviceOf(id)).isPresent();
    return was && isService
        ? finish(List.of(Names.serviceOf(id)), Expected.hosts(pinned.pinned(id)))
        : was ? 0 : NO;
  }
}
