package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code release}: lists the holds, or releases one. */
@Command(
    name = "release",
    description = {
      "Lists the holds, or releases one.",
      "A hold keeps the agent from acting on what looks like an accident."
    },
    footer = {"Example:", "  dowding release deletions"},
    mixinStandardHelpOptions = true)
final class ReleaseCommand extends KeysCommand {

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "HOLD",
      completionCandidates = Completion.Holds.class,
      description = "The hold to release. Default: lists all.")
  private @Nullable String hold;

  @Override
  int run(EtcdKeys keys) throws JsonProcessingException {
    Map<String, String> holds = keys.all(Key.HOLDS);
    String name = hold;
    if (name == null) {
      Table table = new Table("HOLD", "HELD", "WHY");
      Map<String, Object> all = new TreeMap<>();
      for (Map.Entry<String, String> one : holds.entrySet()) {
        String id = one.getKey().substring(Key.HOLDS.length());
        JsonNode value = written(one.getValue());
        if (value.isEmpty()) {
          continue;
        }
        all.put(id, value);
        table.row(id, value.path("held").asText(), value.path("why").asText());
      }
      if (json() || !table.isEmpty()) {
        say(table, all);
      } else {
        talk().line("nothing is held");
      }
      if (!table.isEmpty()) {
        next("release HOLD");
      }
      return 0;
    }
    if (!holds.containsKey(Key.HOLDS + name)) {
      throw new IllegalArgumentException(
          "there is no hold named " + name + "; dowding release lists all holds");
    }
    keys.put(Key.RELEASE + name, "released by hand");
    return say("released: " + name, Map.of("released", name));
  }
}
