package io.dowding.cli;

import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Availability;
import io.dowding.model.Names;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Commands that write the operator's setting of a host, {@code hosts/<hostname>}. */
abstract class HostWordCommand extends KeysCommand {

  @Parameters(
      index = "0",
      paramLabel = "HOST",
      completionCandidates = Completion.Hosts.class,
      description = "A host of the inventory.")
  private String host = "";

  private final Availability word;

  HostWordCommand(Availability word) {
    this.word = word;
  }

  @Override
  int run(EtcdKeys keys) throws Exception {
    if (!Names.isHostname(host)) {
      throw new IllegalArgumentException("\"" + host + "\" is not a hostname");
    }
    boolean was = keys.get(Key.HOSTS + host).isPresent();
    Set<String> known = config().hosts(keys.all(Key.INVENTORY)).keySet();
    // A host that has left the inventory may still have jobs recorded on it.
    boolean isKnown = known.contains(host) || keys.get(Key.HOST_STATUS + host).isPresent();
    if (!isKnown && !(word == Availability.ACTIVE && was) && !hasRecords(keys)) {
      throw new IllegalArgumentException(Missing.host(host, known) + "; nothing was changed");
    }
    if (word == Availability.ACTIVE) {
      keys.delete(Key.HOSTS + host);
    } else {
      keys.put(Key.HOSTS + host, word.word());
    }
    say(host + ": " + word.word(), Map.of("host", host, "setting", word.word()));
    return after(keys, host);
  }

  private boolean hasRecords(EtcdKeys keys) {
    return keys.all(Key.ALLOCATIONS).values().stream()
        .anyMatch(record -> record.contains("\"host\":\"" + host + "\""));
  }

  /** Returns the exit status. */
  int after(EtcdKeys keys, String of) throws Exception {
    next("hosts");
    return 0;
  }

  @Command(
      name = "drain",
      description = "Moves a host's jobs away, except those pinned to it.",
      footer = {"Example:", "  dowding drain host3 --wait"},
      mixinStandardHelpOptions = true)
  static final class Drain extends HostWordCommand {

    @Mixin private WaitOptions waiting = new WaitOptions();

    Drain() {
      super(Availability.DRAIN);
    }

    @Override
    int after(EtcdKeys keys, String of) throws Exception {
      if (!waiting.wanted()) {
        next("ps " + of + "    or    dowding activate " + of);
        return 0;
      }
      return new Draining(config(), keys, of, talk()).await(waiting.limit());
    }
  }

  @Command(
      name = "pause",
      description = "Gives a host no new jobs; those that run there stay.",
      footer = {"Example:", "  dowding pause host3"},
      mixinStandardHelpOptions = true)
  static final class Pause extends HostWordCommand {
    Pause() {
      super(Availability.PAUSE);
    }
  }

  @Command(
      name = "activate",
      description = "Resets a host to active, after drain, pause or gone.",
      footer = {"Example:", "  dowding activate host3"},
      mixinStandardHelpOptions = true)
  static final class Activate extends HostWordCommand {
    Activate() {
      super(Availability.ACTIVE);
    }
  }

  @Command(
      name = "gone",
      description = "Marks a host as dead for good: its jobs move, without its data.",
      footer = {"Example:", "  dowding gone host3"},
      mixinStandardHelpOptions = true)
  static final class Gone extends HostWordCommand {
    Gone() {
      super(Availability.GONE);
    }
  }
}
