package io.dowding.etcd;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.control.Event.Recalled;
import io.dowding.control.HostStatus;
import io.dowding.control.ServiceStatus;
import io.dowding.control.StoreChange;
import io.dowding.model.Service;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads every key below the base key, in pages, all at one revision. */
final class KeyLister {

  private static final int PAGE = 1000;

  /** A page of the largest values: 64 MiB, what the client takes, over etcd's 1.5 MiB. */
  private static final int SMALL_PAGE = 40;

  private final String base;

  /**
   * All keys at one revision.
   *
   * @param cluster the sentinel, or null if it is not there
   */
  record Listing(
      long revision, @Nullable String cluster, List<StoreChange> keys, Recalled recalled) {}

  KeyLister(String base) {
    this.base = base;
  }

  Listing list(Etcd etcd, boolean withRecalled) {
    List<KeyValue> all = new ArrayList<>();
    long revision = range(etcd, "", "status", 0, all);
    List<StoreChange> keys = new ArrayList<>();
    String cluster = null;
    for (KeyValue kv : all) {
      var change = KeyReader.read(name(kv), kv.getValue().getBytes(), kv.getModRevision());
      change.ifPresent(keys::add);
      if (change.orElse(null) instanceof StoreChange.OfCluster(String uuid, long _)) {
        cluster = uuid;
      }
    }
    Recalled recalled = withRecalled ? recall(etcd, revision) : Recalled.NOTHING;
    return new Listing(revision, cluster, keys, recalled);
  }

  private Recalled recall(Etcd etcd, long revision) {
    List<KeyValue> all = new ArrayList<>();
    range(etcd, "status", "w", revision, all);
    Set<String> keys = new HashSet<>();
    Map<String, Service> versions = new HashMap<>();
    Map<String, ServiceStatus> services = new HashMap<>();
    Map<String, HostStatus> hosts = new HashMap<>();
    for (KeyValue kv : all) {
      String key = name(kv);
      byte[] value = kv.getValue().getBytes();
      keys.add(key);
      if (key.startsWith("versions/")) {
        version(key.substring("versions/".length()), value, versions);
      } else if (key.startsWith("status/services/")) {
        Json.read(value, ServiceStatus.class)
            .filter(status -> status.jobs() != null)
            .ifPresent(status -> services.put(key.substring("status/services/".length()), status));
      } else if (key.startsWith("status/hosts/")) {
        Json.read(value, HostStatus.class)
            .ifPresent(status -> hosts.put(key.substring("status/hosts/".length()), status));
      }
    }
    return new Recalled(keys, versions, services, hosts);
  }

  private static void version(String name, byte[] value, Map<String, Service> versions) {
    JsonNode node = Json.tree(value).orElse(null);
    if (node == null) {
      return;
    }
    byte[] definition = node.path("valid").toString().getBytes(StandardCharsets.UTF_8);
    try {
      versions.put(name, ServiceReader.read(name, node.path("generation").asLong(), definition));
    } catch (InvalidServiceException notUnderstood) {
      // Written by another release, or by somebody: as if there were none.
    }
  }

  private long range(Etcd etcd, String from, String to, long revision, List<KeyValue> into) {
    ByteSequence end = Etcd.bytes(base + "/" + to);
    ByteSequence start = Etcd.bytes(base + "/" + from);
    long at = revision;
    while (true) {
      GetResponse page = page(etcd, start, end, at);
      at = at == 0 ? page.getHeader().getRevision() : at;
      into.addAll(page.getKvs());
      if (!page.isMore() || page.getKvs().isEmpty()) {
        return at;
      }
      byte[] last = page.getKvs().getLast().getKey().getBytes();
      start = ByteSequence.from(java.util.Arrays.copyOf(last, last.length + 1));
    }
  }

  private static GetResponse page(Etcd etcd, ByteSequence start, ByteSequence end, long at) {
    try {
      return Etcd.await(etcd.kv().get(start, option(end, at, PAGE)));
    } catch (EtcdException refused) {
      if (!String.valueOf(refused.getMessage()).contains("RESOURCE_EXHAUSTED")) {
        throw refused;
      }
      return Etcd.await(etcd.kv().get(start, option(end, at, SMALL_PAGE)));
    }
  }

  private static GetOption option(ByteSequence end, long at, int page) {
    return GetOption.builder().withRange(end).withRevision(at).withLimit(page).build();
  }

  private String name(KeyValue kv) {
    return kv.getKey().toString(StandardCharsets.UTF_8).substring(base.length() + 1);
  }
}
