package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code release}: lists the holds, or releases one. */
@Command(
    name = "release",
    description = "Lists the holds, or releases one.",
    mixinStandardHelpOptions = true)
final class ReleaseCommand extends KeysCommand {

  @Parameters(index = "0", arity = "0..1", paramLabel = "HOLD")
  private @Nullable String hold;

  @Override
  int run(EtcdKeys keys) throws JsonProcessingException {
    Map<String, String> holds = keys.all(Key.HOLDS);
    String name = hold;
    if (name == null) {
      for (Map.Entry<String, String> one : holds.entrySet()) {
        JsonNode value = read(one.getValue());
        out().line(one.getKey().substring(Key.HOLDS.length()) + ": " + value.path("held").asText());
        out().line("  " + value.path("why").asText());
      }
      return 0;
    }
    if (!holds.containsKey(Key.HOLDS + name)) {
      throw new IllegalArgumentException(
          "there is no hold named " + name + "; dowding release lists all holds");
    }
    keys.put(Key.RELEASE + name, "released by hand");
    out().line("released: " + name);
    return 0;
  }
}
