package io.dowding.cli;

import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.PinnedData;
import io.dowding.keys.Key;
import io.dowding.model.Availability;
import io.dowding.model.Names;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that write the operator's setting of a host, {@code hosts/<hostname>}. */
abstract class HostWordCommand extends KeysCommand {

  @Parameters(
      index = "0",
      paramLabel = "HOST",
      completionCandidates = Completion.Hosts.class,
      description = "A host of the inventory.")
  private String host = "";

  @Mixin private WaitOptions waiting = new WaitOptions();

  private static final Duration AGAIN = Duration.ofMillis(250);

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
    Set<String> known = hosts(keys).keySet();
    // A host that has left the inventory may still have jobs recorded on it.
    boolean isKnown = known.contains(host) || keys.get(Key.HOST_STATUS + host).isPresent();
    if (!isKnown && !(word == Availability.ACTIVE && was) && !hasRecords(keys)) {
      throw new IllegalArgumentException(Missing.host(host, known) + "; nothing was changed");
    }
    refuse(keys, host);
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

  /**
   * @throws IllegalArgumentException if it would do harm
   */
  void refuse(EtcdKeys keys, String of) throws Exception {}

  WaitOptions waiting() {
    return waiting;
  }

  /** Returns the exit status. */
  int after(EtcdKeys keys, String of) throws Exception {
    if (!waiting.wanted()) {
      next("hosts");
      return 0;
    }
    long end = System.nanoTime() + waiting.limit().toNanos();
    while (!isDone(keys, of)) {
      if (System.nanoTime() > end) {
        talk()
            .line(
                (isSeen(keys, of) ? "jobs are still recorded on it" : "no agent has acted on it")
                    + " after "
                    + Ages.of(waiting.limit()));
        next("doctor");
        return TIMED_OUT;
      }
      Thread.sleep(AGAIN);
    }
    return 0;
  }

  /** Whether the leader has seen it and, of a host that is gone, all jobs have left. */
  private boolean isDone(EtcdKeys keys, String of) throws Exception {
    return isSeen(keys, of) && (word != Availability.GONE || !hasRecords(keys));
  }

  private boolean isSeen(EtcdKeys keys, String of) throws Exception {
    String status = keys.get(Key.HOST_STATUS + of).map(EtcdKeys.Value::text).orElse("{}");
    return written(status).path("operator").asText("").equals(word.word());
  }

  @Command(
      name = "drain",
      description = "Moves a host's jobs away, except those pinned to it.",
      footer = {"Example:", "  dowding drain host3 --wait"},
      mixinStandardHelpOptions = true)
  static final class Drain extends HostWordCommand {

    Drain() {
      super(Availability.DRAIN);
    }

    @Override
    int after(EtcdKeys keys, String of) throws Exception {
      if (!waiting().wanted()) {
        next("ps " + of, "activate " + of);
        return 0;
      }
      return new Draining(config(), keys, of, talk()).await(waiting().limit());
    }
  }

  @Command(
      name = "pause",
      description = "Places no new jobs on a host; running ones stay.",
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
      description =
          "Declares a host permanently lost: its jobs restart elsewhere, without their data.",
      footer = {"Example:", "  dowding gone host3 --wait"},
      mixinStandardHelpOptions = true)
  static final class Gone extends HostWordCommand {
    @Option(names = "--force", description = "Allows a host that is up.")
    private boolean force;

    Gone() {
      super(Availability.GONE);
    }

    @Override
    void refuse(EtcdKeys keys, String of) throws Exception {
      String status = keys.get(Key.HOST_STATUS + of).map(EtcdKeys.Value::text).orElse("{}");
      if (force || !written(status).path("state").asText().equals("up")) {
        return;
      }
      List<String> jobs = new PinnedData(keys).on(of);
      throw new IllegalArgumentException(
          of
              + " is up"
              + (jobs.isEmpty()
                  ? ""
                  : "; restarting elsewhere, these jobs would lose their data: "
                      + String.join(", ", jobs))
              + ". To move jobs away, use dowding drain "
              + of
              + "; if it is lost, --force. Nothing was changed");
    }
  }
}
