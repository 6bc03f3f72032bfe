package io.dowding.cli;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.etcd.EtcdKeys;
import io.dowding.keys.Key;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which services use which configs and secrets, by the keys of these. */
final class SecretUsers {

  private SecretUsers() {}

  static SortedMap<String, SortedSet<String>> all(EtcdKeys keys) {
    SortedMap<String, String> services = new TreeMap<>();
    keys.all(Key.SERVICES)
        .forEach((key, json) -> services.put(key.substring(Key.SERVICES.length()), json));
    return all(services);
  }

  /**
   * @param services definitions by name; those that are not valid use nothing
   */
  static SortedMap<String, SortedSet<String>> all(Map<String, String> services) {
    SortedMap<String, SortedSet<String>> users = new TreeMap<>();
    services.forEach(
        (name, json) -> {
          try {
            ServiceReader.read(name, 0, json.getBytes(StandardCharsets.UTF_8))
                .contentKeys()
                .forEach(key -> users.computeIfAbsent(key, k -> new TreeSet<>()).add(name));
          } catch (InvalidServiceException unusable) {
            // It runs by its last valid definition, which has its own contents.
          }
        });
    return users;
  }

  static SortedSet<String> of(SortedMap<String, SortedSet<String>> users, String key) {
    return users.getOrDefault(key, Collections.emptySortedSet());
  }
}
