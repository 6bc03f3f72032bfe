package io.dowding.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The {@code cluster} key: by its UUID a cluster knows its containers, and its etcd. */
public final class Sentinel {

  private static final int SCHEMA = 1;

  private Sentinel() {}

  /**
   * This cluster's UUID; where there is none yet, a new one is written.
   *
   * @param known the UUID that this machine has worked for before, or null
   * @throws EtcdException if etcd does not answer
   * @throws IllegalStateException if etcd is not the one that this machine has worked for: then all
   *     that runs would look like nobody's
   */
  public static String join(EtcdSettings settings, String base, @Nullable String known) {
    try (Etcd etcd = new Etcd(settings)) {
      ByteSequence key = Etcd.bytes(base + "/cluster");
      var found = Etcd.await(etcd.kv().get(key)).getKvs();
      String uuid = found.isEmpty() ? null : KeyReader.uuid(found.getFirst().getValue().getBytes());
      if (known != null && !known.equals(uuid)) {
        throw new IllegalStateException(
            base
                + "/cluster in etcd is "
                + (uuid == null ? "missing" : uuid)
                + ", but this machine has worked for cluster "
                + known
                + ". Was etcd wiped or exchanged? Restore it; or, to begin a new cluster, delete"
                + " cluster.json in the state directory");
      }
      return uuid != null ? uuid : create(etcd, key);
    }
  }

  private static String create(Etcd etcd, ByteSequence key) {
    String value = "{\"uuid\":\"" + UUID.randomUUID() + "\",\"schema\":" + SCHEMA + "}";
    // Of several agents that start together, one writes it, and the others read it.
    Etcd.await(
        etcd.kv()
            .txn()
            .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.version(0)))
            .Then(Op.put(key, Etcd.bytes(value), PutOption.DEFAULT))
            .Else(Op.get(key, GetOption.DEFAULT))
            .commit());
    var written = Etcd.await(etcd.kv().get(key)).getKvs();
    return Objects.requireNonNull(
        KeyReader.uuid(written.getFirst().getValue().getBytes()), "the cluster key is unreadable");
  }
}
