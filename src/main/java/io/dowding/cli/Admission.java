package io.dowding.cli;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdKeys;
import io.dowding.model.Content;
import io.dowding.model.Service;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whether the agent would take a definition: asks the policy, and whether its configs and secrets
 * are there, before anything is written.
 */
final class Admission {

  private Admission() {}

  /**
   * @throws IllegalArgumentException with every problem, if the agent would refuse it
   */
  static void check(Config config, EtcdKeys keys, String id, String json) {
    List<String> problems = problems(config, keys, id, json, Map.of());
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems) + "; nothing was changed");
    }
  }

  /**
   * The configs and secrets that a service uses and that are not in etcd, as problems.
   *
   * @param others that will be written together with it
   */
  static List<String> missing(EtcdKeys keys, Service service, Set<String> others) {
    return service.contentKeys().stream()
        .filter(key -> !others.contains(key) && isMissing(keys, key))
        .map(key -> key + " is not in etcd: put the content there first")
        .toList();
  }

  /** False where the user may write, but not read it. */
  private static boolean isMissing(EtcdKeys keys, String key) {
    try {
      return keys.get(key).isEmpty();
    } catch (EtcdException failed) {
      if (failed.isRefusal()) {
        return false;
      }
      throw failed;
    }
  }

  /**
   * Empty if it would take it, or if the definition itself is not valid.
   *
   * @param contents configs and secrets that are written together with it
   */
  static List<String> problems(
      Config config, EtcdKeys keys, String id, String json, Map<String, Content> contents) {
    try {
      Service service = ServiceReader.read(id, 0, json.getBytes(StandardCharsets.UTF_8));
      List<String> problems = new ArrayList<>(config.granted().refusals(id, service.container()));
      problems.addAll(missing(keys, service, contents.keySet()));
      return problems;
    } catch (InvalidServiceException invalid) {
      // The library reports it.
      return List.of();
    }
  }
}
