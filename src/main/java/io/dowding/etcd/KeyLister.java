package io.dowding.etcd;

import io.dowding.keys.HostStatus;
import io.dowding.keys.Key;
import io.dowding.keys.Recalled;
import io.dowding.keys.ServiceStatus;
import io.dowding.keys.StoreChange;
import io.dowding.keys.Versions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads every key below the base key, in pages, all at one revision. */
public final class KeyLister {

  private final String base;

  /**
   * All keys at one revision.
   *
   * @param recalled what agents left; empty if not requested
   */
  public record Listing(long revision, List<StoreChange> keys, Recalled recalled) {}

  public KeyLister(String base) {
    this.base = base;
  }

  public Listing list(Kv kv, boolean withRecalled) {
    Kv.Listing found = kv.range(base + "/", base + "/status", 0);
    List<StoreChange> keys = new ArrayList<>();
    for (Kv.Entry entry : found.entries()) {
      KeyReader.read(name(entry), entry).ifPresent(keys::add);
    }
    Recalled recalled = withRecalled ? recall(kv, found.revision(), keys) : Recalled.NOTHING;
    return new Listing(found.revision(), keys, recalled);
  }

  /**
   * @param unusable receives the versions that cannot be decrypted
   */
  private Recalled recall(Kv kv, long revision, List<StoreChange> unusable) {
    Set<String> keys = new HashSet<>();
    Map<String, Versions> versions = new HashMap<>();
    Map<String, ServiceStatus> services = new HashMap<>();
    Map<String, HostStatus> hosts = new HashMap<>();
    Map<String, HostStatus.Hold> holds = new HashMap<>();
    for (Kv.Entry entry : kv.range(base + "/status", base + "/w", revision).entries()) {
      String key = name(entry);
      byte[] value = entry.value();
      String problem = entry.sealing().problem();
      keys.add(key);
      if (problem != null) {
        unusable.add(new StoreChange.OfNothing(key, problem, entry.modified()));
      } else if (key.startsWith(Key.VERSIONS)) {
        String name = key.substring(Key.VERSIONS.length());
        Json.versions(name, value).ifPresent(kept -> versions.put(name, kept));
      } else if (key.startsWith(Key.SERVICE_STATUS)) {
        Json.status(value)
            .ifPresent(status -> services.put(key.substring(Key.SERVICE_STATUS.length()), status));
      } else if (key.startsWith(Key.HOST_STATUS)) {
        Json.read(value, HostStatus.class)
            .filter(status -> status.state() != null)
            .ifPresent(status -> hosts.put(key.substring(Key.HOST_STATUS.length()), status));
      } else if (key.startsWith(Key.HOLDS)) {
        Json.read(value, HostStatus.Hold.class)
            .filter(hold -> hold.held() != null && hold.why() != null)
            .ifPresent(hold -> holds.put(key.substring(Key.HOLDS.length()), hold));
      }
    }
    return new Recalled(keys, versions, services, hosts, holds);
  }

  private String name(Kv.Entry entry) {
    return entry.key().substring(base.length() + 1);
  }
}
