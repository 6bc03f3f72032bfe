package io.dowding.cli;

import io.dowding.Edit;
import io.dowding.cli.Generations.Generation;
import io.dowding.keys.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rollback}: writes an earlier definition again. */
@Command(
    name = "rollback",
    description = {
      "Rolls out an earlier definition again. The number of jobs is kept.",
      "The last good one and up to five before it are kept."
    },
    footer = {"Example:", "  dowding rollback web --list", "  dowding rollback web --wait"},
    mixinStandardHelpOptions = true)
final class RollbackCommand extends ChangeCommand {

  @Mixin private final ServiceArgument service = new ServiceArgument();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "GENERATION",
      description = "One of those that --list shows. Default: the last good one before this.")
  private @Nullable Long wanted;

  @Option(names = "--list", description = "Only lists the generations that are kept.")
  private boolean list;

  @Override
  int run() throws Exception {
    if (list) {
      return list(kept());
    }
    List<Generation> targets = new ArrayList<>();
    String result = edit(edit -> targets.add(restore(edit))).getOrDefault(service.name(), "same");
    Generation target = targets.getLast();
    say(
        "%s: goes back to generation %d, %s: %s"
            .formatted(service.name(), target.generation(), target.image(), result),
        Map.of(
            "service",
            service.name(),
            "generation",
            target.generation(),
            "image",
            target.image(),
            "result",
            result));
    return finish(List.of(service.name()));
  }

  private Generations kept() {
    Generations kept = Generations.of(keys(), service.name());
    if (kept.all().isEmpty()) {
      throw new IllegalArgumentException(
          keys().get(Key.SERVICES + service.name()).isEmpty()
              ? Missing.service(service.name(), keys())
              : "no agent has kept a definition of %s yet, so there is nothing to go back to: change it with dowding up, image or service add"
                  .formatted(service.name()));
    }
    return kept;
  }

  private Generation restore(Edit edit) {
    // Read before the generations: if it changes after that, all of this is done again.
    String present =
        edit.service(service.name())
            .orElseThrow(
                () -> new IllegalArgumentException(Missing.service(service.name(), keys())));
    Generations kept = kept();
    Generation target = wanted == null ? kept.last() : kept.find(wanted);
    if (target == null) {
      throw new IllegalArgumentException(
          wanted == null
              ? "no earlier definition of %s is kept: change it with dowding up, image or service add"
                  .formatted(service.name())
              : "generation %d of %s is not kept; there is %s"
                  .formatted(
                      wanted,
                      service.name(),
                      kept.all().stream()
                          .map(one -> Long.toString(one.generation()))
                          .collect(Collectors.joining(", "))));
    }
    put(edit, service.name(), target.restored(present));
    return target;
  }

  private int list(Generations kept) throws Exception {
    Table table = new Table("GENERATION", "WHAT", "DIGEST", "IMAGE");
    kept.all()
        .forEach(
            one ->
                table.row(
                    one.generation(),
                    new Cell(one.what(), Style.ofState(one.what())),
                    one.digest().isEmpty() ? "-" : one.digest().replaceFirst("(:.{12}).*", "$1"),
                    one.image()));
    say(table, kept.all());
    if (kept.last() != null) {
      next("rollback " + service.name() + " GENERATION");
    }
    return 0;
  }
}
