package io.dowding.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dowding.Edit;
import io.dowding.Scheduler;
import io.dowding.control.Deletions;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.util.Collection;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;

/** Changes parts of definitions, checked and in one transaction, and can wait for the result. */
abstract class ChangeCommand extends EtcdCommand {

  @Mixin private WaitOptions waiting = new WaitOptions();

  /** Changes what {@code editing} says. Returns what became of each service. */
  SortedMap<String, String> edit(Consumer<Edit> editing) {
    SortedMap<String, String> results = new TreeMap<>();
    scheduler()
        .edit(editing)
        .forEach((key, result) -> results.put(UpCommand.called(key), word(result)));
    return results;
  }

  /**
   * Puts back a changed definition.
   *
   * @throws IllegalArgumentException if the agent would refuse it
   */
  void put(Edit edit, String service, ObjectNode definition) {
    String json = definition.toString();
    Admission.check(config(), keys(), service, json);
    edit.putService(service, json);
  }

  static String word(Scheduler.Added result) {
    return result.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The definition of a service, to be changed and put back.
   *
   * @throws IllegalArgumentException if there is none
   */
  ObjectNode definition(Edit edit, String service) {
    String found =
        edit.service(service)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        Missing.service(service, keys()) + "; nothing was changed"));
    try {
      if (read(found) instanceof ObjectNode definition) {
        return definition;
      }
    } catch (JsonProcessingException notJson) {
      // As any other value that is no definition.
    }
    throw new IllegalArgumentException(
        service + " is not a JSON object: dowding service show " + service);
  }

  /**
   * @throws IllegalArgumentException if any change of the key would try a definition that failed
   *     once more
   */
  static void mustNotBeRolledBack(EtcdKeys keys, String service) throws Exception {
    JsonNode status =
        DowdingCommand.read(
            keys.get(Key.SERVICE_STATUS + service).map(EtcdKeys.Value::text).orElse("{}"));
    String state = status.path("update").path("state").asText("");
    boolean isMove = status.path("update").has("failedDigest");
    if (!isMove && (state.equals("rolled back") || state.equals("rolling back"))) {
      throw new IllegalArgumentException(
          "%s runs generation %s, because %s failed, and this would try %s again: run dowding rollback %s first"
              .formatted(
                  service,
                  status.path("update").path("good").asText(),
                  status.path("update").path("failed").asText(),
                  status.path("update").path("failed").asText(),
                  service));
    }
  }

  /** Says how removals go on if there are so many that the agent may hold them. */
  void sayIfHeld(int removed, int before) {
    if (!json() && !waiting.wanted() && Deletions.isMany(removed, before)) {
      talk()
          .line(
              "%d of %d services were removed; the agent holds so many until: dowding release deletions"
                  .formatted(removed, before));
    }
  }

  /** Waits if that is wanted, or says how. Returns the exit status. */
  int finish(Collection<String> services) throws Exception {
    return finish(services, Expected.NOTHING);
  }

  /** The same, until what else is expected is there, too. */
  int finish(Collection<String> services, Expected expected) throws Exception {
    if (!waiting.wanted()) {
      if (!services.isEmpty()) {
        next("wait " + String.join(" ", services));
      }
      return 0;
    }
    return new Waiting(keys(), talk(), json(), this::next)
        .forAll(services, expected, waiting.limit());
  }
}
