package io.dowding.keys;

import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Content;
import io.dowding.model.Host;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import org.jspecify.annotations.Nullable;

/** A key in etcd as it is now; its value is null if it does not exist. */
public sealed interface StoreChange {

  /** The revision at which the key was last written or deleted. */
  long revision();

  /**
   * @param json the value as written, to be kept as a version
   */
  record OfService(String name, @Nullable Parsed<Service> value, String json, long revision)
      implements StoreChange {}

  /**
   * A config or a secret.
   *
   * @param key such as {@code configs/site}
   */
  record OfContent(String key, @Nullable Content value, long revision) implements StoreChange {}

  record OfPin(String subject, @Nullable Parsed<Pin> value, long revision) implements StoreChange {}

  record OfHostWord(String hostname, @Nullable Parsed<Availability> value, long revision)
      implements StoreChange {}

  record OfAllocation(String job, @Nullable Parsed<Allocation> value, long revision)
      implements StoreChange {}

  record OfInventory(String hostname, @Nullable Parsed<Host> value, long revision)
      implements StoreChange {}

  record OfRelease(String hold, boolean present, long revision) implements StoreChange {}

  /**
   * @param floor the age of the cluster when this etcd was accepted
   */
  record OfCluster(@Nullable String uuid, long floor, long revision) implements StoreChange {}

  /** A candidate for leadership; its key is written once. */
  record OfLeader(String key, boolean present, long revision) implements StoreChange {}

  record OfSequence(long revision) implements StoreChange {}

  /**
   * An unusable key. It is reported, and otherwise ignored.
   *
   * @param problem null if the key does not exist any more
   */
  record OfNothing(String key, @Nullable String problem, long revision) implements StoreChange {}
}
