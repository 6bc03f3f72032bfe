package io.dowding.keys;

import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Content;
import io.dowding.model.Host;
import io.dowding.model.Ownership;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import org.jspecify.annotations.Nullable;

/** A key in etcd as it is now; its value is null if it does not exist. */
public sealed interface StoreChange {

  /** The revision at which the key was last written or deleted. */
  long revision();

  /** The key, below the base key. */
  String path();

  /** Why the key cannot be used, or null. A service's own status reports its key. */
  default @Nullable String problem() {
    return null;
  }

  /**
   * @param json the value as written, to be kept as a version
   */
  record OfService(String name, @Nullable Parsed<Service> value, String json, long revision)
      implements StoreChange {
    @Override
    public String path() {
      return Key.SERVICES + name;
    }
  }

  /**
   * A config or a secret.
   *
   * @param key such as {@code configs/site}
   */
  record OfContent(String key, @Nullable Parsed<Content> value, long revision)
      implements StoreChange {
    @Override
    public String path() {
      return key;
    }

    @Override
    public @Nullable String problem() {
      return Parsed.problem(value);
    }
  }

  record OfPin(String subject, @Nullable Parsed<Pin> value, long revision) implements StoreChange {
    @Override
    public String path() {
      return Key.PINS + subject;
    }

    @Override
    public @Nullable String problem() {
      return Parsed.problem(value);
    }
  }

  record OfHostWord(String hostname, @Nullable Parsed<Availability> value, long revision)
      implements StoreChange {
    @Override
    public String path() {
      return Key.HOSTS + hostname;
    }

    @Override
    public @Nullable String problem() {
      return Parsed.problem(value);
    }
  }

  record OfAllocation(String job, @Nullable Parsed<Allocation> value, long revision)
      implements StoreChange {
    @Override
    public String path() {
      return Key.ALLOCATIONS + job;
    }

    @Override
    public @Nullable String problem() {
      return Parsed.problem(value);
    }
  }

  record OfInventory(String hostname, @Nullable Parsed<Host> value, long revision)
      implements StoreChange {
    @Override
    public String path() {
      return Key.INVENTORY + hostname;
    }

    @Override
    public @Nullable String problem() {
      return Parsed.problem(value);
    }
  }

  record OfRelease(String hold, boolean present, long revision) implements StoreChange {
    @Override
    public String path() {
      return Key.RELEASE + hold;
    }
  }

  /**
   * @param uuid null if the key is missing or unreadable
   * @param floor the age of the cluster when this etcd was accepted; up to {@link #MOST_FLOOR}
   * @param revision of the key; 0 if it is missing
   */
  record OfCluster(@Nullable String uuid, long floor, long revision) implements StoreChange {

    /** Ages grow from here, and each one must be a valid incarnation. */
    public static final long MOST_FLOOR = Ownership.MOST / 2;

    @Override
    public String path() {
      return Key.CLUSTER;
    }
  }

  /** A candidate for leadership; its key is written once. */
  record OfLeader(String key, boolean present, long revision) implements StoreChange {
    @Override
    public String path() {
      return Key.LEADER + key;
    }
  }

  record OfSequence(long revision) implements StoreChange {
    @Override
    public String path() {
      return Key.SEQUENCE;
    }
  }

  /**
   * An unusable key. It is reported, and otherwise ignored.
   *
   * @param problem null if the key does not exist any more
   */
  record OfNothing(String key, @Nullable String problem, long revision) implements StoreChange {
    @Override
    public String path() {
      return key;
    }
  }
}
