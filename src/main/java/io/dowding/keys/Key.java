package io.dowding.keys;

/** The keys below the base key, most of them prefixes. People write the first seven. */
public final class Key {

  public static final String SERVICES = "services/";
  public static final String CONFIGS = "configs/";
  public static final String SECRETS = "secrets/";
  public static final String PINS = "pins/";
  public static final String HOSTS = "hosts/";
  public static final String INVENTORY = "inventory/";
  public static final String RELEASE = "release/";
  public static final String ALLOCATIONS = "allocations/";
  public static final String LEADER = "leader/";
  public static final String VERSIONS = "versions/";
  public static final String STATUS = "status/";
  public static final String SERVICE_STATUS = "status/services/";
  public static final String HOST_STATUS = "status/hosts/";
  public static final String HOLDS = "status/holds/";
  public static final String PROBLEMS = "status/problems/";

  /** The UUID of the cluster, and the age at which this etcd was accepted. */
  public static final String CLUSTER = "cluster";

  /** Written with every allocation, and never deleted. */
  public static final String SEQUENCE = "sequence";

  /** What each agent did last. It comes after all others, so that agents do not list it. */
  public static final String WORK = "work/";

  private Key() {}
}
