package io.dowding.control;

import io.dowding.keys.HostStatus;
import io.dowding.keys.Parsed;
import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.model.Availability;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What operators set for hosts: drain, pause or gone. An unreadable value changes nothing. */
final class HostSettings {

  private final Map<String, Availability> byHost = new HashMap<>();
  private final Map<Availability, Set<String>> hosts = new EnumMap<>(Availability.class);

  /** Null if the key does not exist any more. */
  void keep(String hostname, @Nullable Parsed<Availability> value) {
    switch (value) {
      case null -> set(hostname, null);
      case Parsed.Valid<Availability>(Availability word) -> set(hostname, word);
      case Parsed.Invalid<Availability> _ -> {}
    }
  }

  /** If a value cannot be read, the last one that an earlier leader could read stays in effect. */
  void recall(StoreChange key, Recalled recalled) {
    if (key instanceof StoreChange.OfHostWord(String host, Parsed.Invalid<?> _, long _)) {
      HostStatus before = recalled.hosts().get(host);
      Availability word = before == null ? null : Availability.parse(before.operator());
      if (word != null && !byHost.containsKey(host)) {
        set(host, word);
      }
    }
  }

  private void set(String hostname, @Nullable Availability word) {
    on(of(hostname)).remove(hostname);
    if (word == null) {
      byHost.remove(hostname);
    } else {
      byHost.put(hostname, word);
    }
    on(of(hostname)).add(hostname);
  }

  Availability of(String hostname) {
    return byHost.getOrDefault(hostname, Availability.ACTIVE);
  }

  /** Hosts with this setting, followed or not. A host without one is active, but not included. */
  Set<String> on(Availability word) {
    return hosts.computeIfAbsent(word, w -> new TreeSet<>());
  }

  /** All hosts with a setting. */
  Set<String> hostnames() {
    return byHost.keySet();
  }
}
