package io.dowding.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What makes a container ours: this cluster's label, not inherited from its image, and the name
 * that we would have given it. Labels alone prove nothing, because {@code docker commit} copies
 * them; a name alone proves nothing, because anyone can use it.
 */
public final class Ownership {

  public static final String PREFIX = "dowding.";
  public static final String CLUSTER = PREFIX + "cluster";
  public static final String BASE = PREFIX + "base";
  public static final String SERVICE = PREFIX + "service";
  public static final String JOB = PREFIX + "job";
  public static final String INCARNATION = PREFIX + "incarnation";
  public static final String SPEC = PREFIX + "spec";
  public static final String GENERATION = PREFIX + "generation";

  /** The keys of the files that are copied in before the start; empty if there are none. */
  public static final String FILES = PREFIX + "files";

  /** The name that it was given. On older releases only containers with a user's name have it. */
  public static final String NAME = PREFIX + "name";

  private Ownership() {}

  /** A container of ours, with the contents of its labels. */
  public record Owned(Container container, String job, long incarnation, String specHash) {}

  /**
   * The largest incarnation. etcd would need 100,000 writes a second for 300 years to reach it, and
   * it leaves room for the age that a released hold may claim.
   */
  public static final long MOST = 999_999_999_999_999L;

  /** Whether a container name may contain this incarnation: every name must be parseable. */
  public static boolean isIncarnation(long number) {
    return 0 < number && number <= MOST;
  }

  /** The incarnation as {@link #labelsOf} writes it, or 0 for any other text. */
  private static long incarnation(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > 15 || text.charAt(0) == '0') {
      return 0;
    }
    return text.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.parseLong(text) : 0;
  }

  /** The name for a new container. */
  public static String nameOf(Allocation record, ContainerSpec spec) {
    return spec.containerName() != null
        ? spec.containerName()
        : record.job() + "." + record.incarnation();
  }

  /** The labels for a new container, in addition to its service's own. */
  public static Map<String, String> labelsOf(
      String cluster, String base, Allocation record, ContainerSpec spec) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put(CLUSTER, cluster);
    labels.put(BASE, base);
    labels.put(SERVICE, record.service());
    labels.put(JOB, record.job());
    labels.put(INCARNATION, Long.toString(record.incarnation()));
    labels.put(SPEC, record.specHash());
    labels.put(GENERATION, Long.toString(record.generation()));
    // The service's alias is not for the steps that run before it.
    String alias = PreStart.isJob(record.job()) ? record.job() : record.service();
    // Set even if empty: otherwise the image could set it.
    labels.put(Networks.LABEL, Networks.text(Networks.of(alias, spec)));
    labels.put(
        FILES,
        spec.files().stream().map(ContainerFile::key).distinct().collect(Collectors.joining(",")));
    labels.put(NAME, nameOf(record, spec));
    labels.put(Hooks.POST_START, Hooks.NONE);
    labels.put(Hooks.PRE_STOP, Hooks.NONE);
    return labels;
  }

  /** Whether an image has labels that only dowding may set. */
  public static boolean isClaimedBy(Map<String, String> ofImage) {
    return !claims(ofImage).isEmpty();
  }

  /** Those of these labels that only dowding may set. */
  public static Map<String, String> claims(Map<String, String> labels) {
    Map<String, String> claims = new LinkedHashMap<>(labels);
    claims.keySet().removeIf(label -> !label.startsWith(PREFIX));
    return claims;
  }

  /**
   * A container's labels without those of its image. Containers of older releases lack empty
   * labels, and may inherit them from the image.
   *
   * @param name the container's
   */
  public static Map<String, String> withoutImages(
      String name, Map<String, String> labels, Map<String, String> ofImage) {
    Map<String, String> own = new LinkedHashMap<>(labels);
    for (String label : List.of(Networks.LABEL, FILES, NAME, Hooks.POST_START, Hooks.PRE_STOP)) {
      String value = own.get(label);
      boolean fits = label.equals(NAME) && name.equals(value);
      if (value != null && value.equals(ofImage.get(label)) && !fits) {
        own.remove(label);
      }
    }
    return own;
  }

  /** This container as one of ours, or null if it is not; then it is never touched. */
  public static @Nullable Owned of(Container container, String cluster) {
    Owned claimed = claimed(container, cluster);
    return claimed != null && container.name().equals(nameOf(claimed)) ? claimed : null;
  }

  /**
   * A container of ours that was renamed by hand, or null. It is not ours to touch, but it still
   * runs its job, so no second container may be created.
   */
  public static @Nullable Owned renamed(Container container, String cluster) {
    Owned claimed = claimed(container, cluster);
    return claimed != null && !container.name().equals(nameOf(claimed)) ? claimed : null;
  }

  /** The name that its labels say it should have. */
  public static String nameOf(Owned owned) {
    String plain = owned.job() + "." + owned.incarnation();
    return owned.container().labels().getOrDefault(NAME, plain);
  }

  private static @Nullable Owned claimed(Container container, String cluster) {
    Map<String, String> labels = container.labels();
    String job = labels.get(JOB);
    long incarnation = incarnation(labels.get(INCARNATION));
    String specHash = labels.get(SPEC);
    if (!cluster.equals(labels.get(CLUSTER))
        || container.inherited()
        || job == null
        || !Names.isJob(job)
        || specHash == null
        || incarnation == 0) {
      return null;
    }
    return new Owned(container, job, incarnation, specHash);
  }
}
