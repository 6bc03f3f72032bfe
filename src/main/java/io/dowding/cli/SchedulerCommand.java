package io.dowding.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.dowding.Found;
import io.dowding.Placed;
import io.dowding.Scheduler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A thin layer over one call of the {@link Scheduler}. */
abstract class SchedulerCommand implements Callable<Integer> {

  static final int NOTHING = 1;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  @Option(names = "--config", paramLabel = "FILE", description = "Configuration file.")
  private @Nullable Path config;

  @Option(names = "--json", description = "Prints JSON.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    try (Scheduler scheduler = Config.find(config).scheduler()) {
      return run(scheduler);
    }
  }

  abstract int run(Scheduler scheduler) throws Exception;

  /** Prints the line for people, or the value for programs. */
  int say(String line, Object value) throws JsonProcessingException {
    return say(List.of(line), value);
  }

  /** Prints the lines for people, or the value for programs. */
  int say(List<String> lines, Object value) throws JsonProcessingException {
    Output out = Output.of(spec);
    if (json) {
      out.json(JSON.writeValueAsString(value));
    } else {
      out.lines(lines);
    }
    return 0;
  }

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
      name = "pin",
      description = "Pins a job or service to a host.",
      mixinStandardHelpOptions = true)
  static final class Pin extends SchedulerCommand {
    @Parameters(index = "0", paramLabel = "ID")
    private String id = "";

    @Parameters(index = "1", paramLabel = "HOST")
    private String host = "";

    @Option(names = "--force", description = "Allows a host that is not in the inventory.")
    private boolean force;

    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      scheduler.pin(id, host, force);
      return say(id + " is pinned to " + host, of("id", id, "host", host));
    }
  }

  @Command(
      name = "pin-to",
      description = "Pins a job or service to the host of another one.",
      mixinStandardHelpOptions = true)
  static final class PinTo extends SchedulerCommand {
    @Parameters(index = "0", paramLabel = "ID")
    private String id = "";

    @Parameters(index = "1", paramLabel = "TARGET")
    private String target = "";

    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      scheduler.pinTo(id, target);
      return say(id + " is pinned to the host of " + target, of("id", id, "job", target));
    }
  }

  @Command(name = "unpin", description = "Removes a pin.", mixinStandardHelpOptions = true)
  static final class Unpin extends SchedulerCommand {
    @Parameters(index = "0", paramLabel = "ID")
    private String id = "";

    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      boolean was = scheduler.unpin(id);
      return say(id + (was ? " is no longer pinned" : " was not pinned"), of("id", id, "was", was));
    }
  }

  @Command(
      name = "pinned",
      description = "Shows the host that a job or service is pinned to; exit status 1 if none.",
      mixinStandardHelpOptions = true)
  static final class Pinned extends SchedulerCommand {
    @Parameters(index = "0", paramLabel = "ID")
    private String id = "";

    @Override
    int run(Scheduler scheduler) throws JsonProcessingException {
      Optional<String> host = scheduler.isPinned(id);
      say(
          host.orElse(id + " is not pinned, or its target is not placed yet"),
          of("id", id, "host", host.orElse("")));
      return host.isPresent() ? 0 : NOTHING;
    }
  }

  @Command(
      name = "allocate",
      description = "Chooses a host for a job and records it.",
      mixinStandardHelpOptions = true)
  static final class Allocate extends SchedulerCommand {
    @Parameters(index = "0", paramLabel = "ID")
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
      mixinStandardHelpOptions = true)
  static final class Find extends SchedulerCommand {
    @Parameters(index = "0", paramLabel = "ID")
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
      return found.allocated().isPresent() || !found.running().isEmpty() ? 0 : NOTHING;
    }
  }
}
