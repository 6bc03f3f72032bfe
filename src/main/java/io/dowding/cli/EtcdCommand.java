package io.dowding.cli;

import io.dowding.Scheduler;
import io.dowding.SchedulerException;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdHealth;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import io.dowding.model.Host;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A command that needs etcd, and says so in one line if it does not answer. */
abstract class EtcdCommand extends DowdingCommand {

  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private @Nullable EtcdKeys keys;
  private @Nullable Scheduler scheduler;
  private final Set<String> unreadable = new TreeSet<>();

  @Override
  public Integer call() throws Exception {
    Config config = config();
    try (EtcdKeys open = open(config)) {
      keys = open;
      try {
        int status = run();
        return status == 0 && !unreadable.isEmpty() ? NO : status;
      } finally {
        if (scheduler != null) {
          scheduler.close();
        }
      }
    } catch (EtcdException | SchedulerException.EtcdUnreachable away) {
      if (isRefusal(away)) {
        throw away;
      }
      String problem =
          away instanceof EtcdException.Misconfigured
                  || away.getCause() instanceof EtcdException.Misconfigured
              ? away.getMessage()
              : EtcdHealth.ofSilence(config.etcdSettings());
      if (problem != null) {
        throw new IllegalStateException(
            problem
                + " ("
                + String.join(", ", config.etcdSettings().endpoints())
                + ", from "
                + configFile()
                + ")",
            away);
      }
      throw new IllegalStateException(
          away instanceof EtcdException.AnswerLost
                  || away.getCause() instanceof EtcdException.AnswerLost
              ? "etcd did not answer; the change may or may not have been made: look with dowding status"
              : away(config),
          away);
    }
  }

  private EtcdKeys open(Config config) {
    try {
      return new EtcdKeys(config.etcdSettings(), PATIENCE, config.base());
    } catch (EtcdException | IllegalArgumentException unusable) {
      throw new IllegalArgumentException(configFile() + ": " + unusable.getMessage(), unusable);
    }
  }

  private static boolean isRefusal(RuntimeException failure) {
    return (failure instanceof EtcdException etcd ? etcd : failure.getCause())
            instanceof EtcdException cause
        && cause.isRefusal();
  }

  private String away(Config config) {
    return "etcd does not answer at "
        + String.join(", ", config.etcdSettings().endpoints())
        + " (from "
        + configFile()
        + "): "
        + (!isNamed() && configFile().equals(Config.example())
            ? "there is no "
                + Config.INSTALLED
                + ", and no agent --dev is running; start it, or name a configuration with --config"
            : "is it running, and is this the right configuration? --config names another one");
  }

  abstract int run() throws Exception;

  EtcdKeys keys() {
    if (keys == null) {
      throw new IllegalStateException("not called yet");
    }
    return keys;
  }

  /**
   * The hosts of the inventory, by name. Keys that cannot be read are named once, and this command
   * then fails in the end.
   *
   * @throws IllegalArgumentException if a file cannot be read, naming it
   */
  SortedMap<String, Host> hosts(EtcdKeys keys) {
    Map<String, String> inEtcd = keys.all(Key.INVENTORY);
    config()
        .unreadable(inEtcd)
        .forEach(
            (key, problem) -> {
              if (unreadable.add(key)) {
                talk().line("key " + key + " cannot be used: " + problem);
              }
            });
    return config().hosts(inEtcd);
  }

  /**
   * Sees whether etcd answers, before something that waits longer for it.
   *
   * @throws EtcdException if it does not
   */
  void mustAnswer() {
    try {
      keys().get(Key.SERVICES);
    } catch (EtcdException failed) {
      // A user without the right to read services got an answer, too.
      if (!failed.isRefusal()) {
        throw failed;
      }
    }
  }

  /** The library, after etcd was seen to answer. */
  Scheduler scheduler() {
    if (scheduler == null) {
      mustAnswer();
      scheduler = config().scheduler();
    }
    return scheduler;
  }
}
