package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.dowding.Found;
import io.dowding.Placed;
import io.dowding.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
      name = "pinned",
      description = "Shows the host that a job or service is pinned to; exit status 1 if none.",
      footer = {"Example:", "  dowding pinned db"},
      mixinStandardHelpOptions = true)
  static final class Pinned extends SchedulerCommand {
    @Mixin private JobArgument job = new JobArgument();

    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      String id = job.id();
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
    @Mixin private JobArgument job = new JobArgument();

    @Option(names = "--parent", paramLabel = "ID", description = "Places it next to this job.")
    private @Nullable String parent;

    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      String id = job.id();
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
    @Mixin private JobArgument job = new JobArgument();

    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      String id = job.id();
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
