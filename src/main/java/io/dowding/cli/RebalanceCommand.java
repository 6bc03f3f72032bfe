package io.dowding.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.model.Names;
import io.dowding.plan.Balance;
import io.dowding.plan.Balance.Move;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rebalance}: moves jobs by their update rules, because a person asked for it. */
@Command(
    name = "rebalance",
    description = {
      "Moves jobs from hosts with much load to hosts with little, by their update rules.",
      "Jobs with a pin or local data, and services placed together, stay where they are."
    },
    footer = {"Example:", "  dowding rebalance --dry-run", "  dowding rebalance --wait"},
    mixinStandardHelpOptions = true)
final class RebalanceCommand extends ChangeCommand {

  @Option(names = "--dry-run", description = "Only shows what would move.")
  private boolean dry;

  @Option(
      names = "--most",
      paramLabel = "N",
      description = "How many jobs move at most. Default: ${DEFAULT-VALUE}.")
  private int most = 20;

  @Override
  int run() throws Exception {
    mustAnswer();
    List<Move> moves = Balance.of(Agent.preview(config()).situation(), most);
    Table table = new Table("JOB", "FROM", "TO", "WHY");
    moves.forEach(move -> table.row(move.job(), move.from(), move.to(), move.why()));
    if (moves.isEmpty() && !json()) {
      talk().line("nothing to move: no move would even out the load");
      return 0;
    }
    say(table, moves);
    if (dry) {
      next("rebalance --wait");
      return 0;
    }
    Set<String> services = new TreeSet<>();
    Map<String, String> hosts = new TreeMap<>();
    for (Move move : moves) {
      services.add(Names.serviceOf(move.job()));
      hosts.put(move.job(), move.to());
    }
    for (String service : services) {
      mustNotBeRolledBack(keys(), service);
    }
    edit(
        edit -> {
          for (String service : services) {
            ObjectNode definition = definition(edit, service);
            ObjectNode restarts =
                definition.withObjectProperty("x-dowding").withObjectProperty("restart");
            moves.stream()
                .filter(move -> Names.serviceOf(move.job()).equals(service))
                .forEach(
                    move ->
                        restarts
                            .putObject(move.job())
                            .put("up_to", move.incarnation())
                            .put("host", move.to()));
            edit.putService(service, definition.toString());
          }
        });
    return finish(services, Expected.hosts(hosts));
  }
}
