package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.dowding.Found;
import io.dowding.Placed;
import io.dowding.Scheduler;
import io.dowding.keys.Key;
import io.dowding.model.Pin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A thin layer over one call of the {@link Scheduler}. */
abstract class SchedulerCommand extends EtcdCommand {

  @Override
  int run() throws Exception {
    return run(scheduler());
  }

  abstract int run(Scheduler scheduler) throws Exception;

  private static Map<String, Object> of(String name, Object value, String other, Object second) {
    Map<String, Object> map = new TreeMap<>();
    map.put(name, value);
    map.put(other, second);
    return map;
  }

  static String text(Placed placed) {
    return placed.hostname()
        + (placed.up() ? "" : " (does not answer now)")
        + "  "
        + placed.docker()
        + "  # "
        + placed.reason();
  }

  @Command(
      name = "pin-to",
      description = "Pins a job or service to the host of another one.",
      footer = {"Example:", "  dowding pin-to app db"},
      mixinStandardHelpOptions = true)
  static final class PinTo extends SchedulerCommand {
    @Parameters(
        index = "0",
        paramLabel = "ID",
        completionCandidates = Completion.Jobs.class,
        description = "A service or a job.")
    private String id = "";

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
    int run(Scheduler scheduler) throws JsonProcessingException {
      PinnedData data = new PinnedData(keys());
      for (String one : List.of(id, target)) {
        if (!force && !data.isKnown(one)) {
          throw new IllegalArgumentException(
              Missing.job(one, keys()) + "; to pin before it is there, use --force");
        }
      }
      data.leftBehind(id, data.place(target), "next to " + target, force);
      Pin pin = new Pin.ToJob(target);
      String text = data.text(id, pin);
      scheduler.pinTo(id, target);
      if (!text.equals(pin.text())) {
        keys().put(Key.PINS + id, text);
      }
      return say(id + " is pinned to the host of " + target, of("id", id, "job", target));
    }
  }

  @Command(
      name = "pinned",
      description = "Shows the host that a job or service is pinned to; exit status 1 if none.",
      footer = {"Example:", "  dowding pinned db"},
      mixinStandardHelpOptions = true)
  static final class Pinned extends SchedulerCommand {
    @Parameters(
        index = "0",
        paramLabel = "ID",
        completionCandidates = Completion.Jobs.class,
        description = "A service or a job.")
    private String id = "";

    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      Optional<String> host = scheduler.isPinned(id);
      say(
          host.orElse(id + " is not pinned, or its target is not placed yet"),
          of("id", id, "host", host.orElse("")));
      return host.isPresent() ? 0 : NO;
    }
  }

  @Command(
      name = "allocate",
      description = "Chooses a host for a job and records it.",
      footer = {"Example:", "  dowding allocate auth.1"},
      mixinStandardHelpOptions = true)
  static final class Allocate extends SchedulerCommand {
    @Parameters(
        index = "0",
        paramLabel = "ID",
        completionCandidates = Completion.Jobs.class,
        description = "A service or a job.")
    private String id = "";

    @Option(names = "--parent", paramLabel = "ID", description = "Places it next to this job.")
    private @Nullable String parent;

    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      Placed placed = parent == null ? scheduler.allocate(id) : scheduler.allocate(id, parent);
      return say(text(placed), placed);
    }
  }

  @Command(
      name = "least-busy",
      description = "Shows the host that is least busy now.",
      footer = {"Example:", "  dowding least-busy --json"},
      mixinStandardHelpOptions = true)
  static final class LeastBusy extends SchedulerCommand {
    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      Placed placed = scheduler.leastBusy();
      return say(text(placed), placed);
    }
  }

  @Command(
      name = "find",
      description = "Shows where a job is recorded and what runs; exit status 1 if neither.",
      footer = {"Example:", "  dowding find web.1"},
      mixinStandardHelpOptions = true)
  static final class Find extends SchedulerCommand {
    @Parameters(
        index = "0",
        paramLabel = "ID",
        completionCandidates = Completion.Jobs.class,
        description = "A service or a job.")
    private String id = "";

    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      Found found = scheduler.find(id);
      List<String> text = new ArrayList<>();
      text.add("allocated: " + found.allocated().orElse("nowhere"));
      found
          .running()
          .forEach(
              c -> text.add(String.join("  ", c.hostname(), c.container(), c.name(), c.state())));
      Map<String, Object> value = of("id", id, "running", found.running());
      value.put("allocated", found.allocated().orElse(""));
      say(text, value);
      return found.allocated().isPresent() || !found.running().isEmpty() ? 0 : NO;
    }
  }
}
