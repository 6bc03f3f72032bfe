package io.dowding.model;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A checked definition of a named, long-running service.
 *
 * @param specHash hash of {@code container}, prefixed with the hash's version
 * @param generation the {@code mod_revision} of its key
 * @param parent the job or service that it must share a host with, or null
 * @param running false for {@code state: stopped}: keeps the definition but runs nothing
 * @param dependsOn what must exist before a job of this service is created; running jobs are not
 *     stopped for it
 * @param update how its jobs are replaced
 * @param rollback how its jobs are replaced in a rollback
 * @param membership its Compose project; it shapes no container
 * @param restarts what a person asked to replace once, by service or job; it shapes no container
 */
public record Service(
    String name,
    long generation,
    ContainerSpec container,
    String specHash,
    Mode mode,
    Placement placement,
    PinRule pin,
    @Nullable String parent,
    Reschedule reschedule,
    boolean running,
    List<Dependency> dependsOn,
    OnUnhealthy onUnhealthy,
    UpdateConfig update,
    UpdateConfig rollback,
    Membership membership,
    Map<String, Restart> restarts) {

  /**
   * The largest definition including its contents: two copies and their envelope must fit in etcd's
   * 1.5 MiB.
   */
  public static final int MOST_BYTES = 512 * 1024;

  /**
   * Another service that this one needs.
   *
   * @param required if false, a service that does not exist is not waited for
   * @param restart whether jobs of this service are recreated after a job of the other one was
   */
  public record Dependency(
      String service, Condition condition, boolean required, boolean restart) {}

  /** The state that all jobs of the other service must reach; Compose's names. */
  public enum Condition {
    STARTED("service_started"),
    HEALTHY("service_healthy"),
    COMPLETED("service_completed_successfully");

    private final String word;

    Condition(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /** What to do with a container whose health check fails. */
  public enum OnUnhealthy {
    /** Restarts it; the default. */
    RESTART,
    /** Replaces it with a new container. */
    REPLACE,
    IGNORE
  }

  /**
   * What a person asked to replace once.
   *
   * @param upTo the newest incarnation that goes
   * @param host where the new one is to be, or null for where the old one is
   */
  public record Restart(long upTo, @Nullable String host) {}

  /** How many jobs a service has. */
  public sealed interface Mode {
    /** A number of jobs, wherever they fit. */
    record Replicated(int replicas) implements Mode {}

    /** One job on every host that fits. */
    record Global() implements Mode {}
  }

  /**
   * The hosts that a service may use.
   *
   * @param spreadOver metadata names whose values the jobs are spread over, most important first
   * @param maxPerHost jobs of this service on one host; 0 means unlimited
   * @param exclusive whether two jobs of this service must not share a host
   * @param weight the load that a job adds to its host
   * @param reservation what each job reserves on its host
   */
  public record Placement(
      List<Constraint> constraints,
      List<String> spreadOver,
      int maxPerHost,
      boolean exclusive,
      Strategy strategy,
      double weight,
      Resources reservation) {
    public static final Placement ANYWHERE =
        new Placement(List.of(), List.of(), 0, false, Strategy.SPREAD, 1, Resources.NONE);
  }

  /** How suitable hosts are ranked. */
  public enum Strategy {
    SPREAD,
    BINPACK
  }

  /** How the service itself pins its jobs. */
  public sealed interface PinRule {
    /** Pins each job with local data to the first host on which its container was created. */
    record Auto() implements PinRule {}

    record None() implements PinRule {}

    record ToHost(String hostname) implements PinRule {}
  }

  /** When a job leaves a host that is down. */
  public sealed interface Reschedule {
    /** After the configured grace period; never if pinned or with local data. */
    record Default() implements Reschedule {}

    record Never() implements Reschedule {}

    record After(Duration down) implements Reschedule {}
  }

  /**
   * A copy for a digest that its tag was found to mean later.
   *
   * @param hash with the digest, so that jobs with an earlier one are replaced
   */
  public Service moved(String hash) {
    return with(container, hash, update);
  }

  /**
   * Whether containers with this hash are those of a service, except for what its tag points to.
   */
  public static boolean differInDigest(String hash, Service service) {
    return !hash.equals(service.specHash()) && isOf(hash, service);
  }

  /** Whether this is the hash of a service, whatever its tag points to. */
  public static boolean isOf(String hash, Service service) {
    return hash.replaceFirst("@.*", "").equals(service.specHash().replaceFirst("@.*", ""));
  }

  /** A copy that is rolled back if it fails. */
  public Service revocable() {
    UpdateConfig asked = update;
    return with(
        container,
        specHash,
        new UpdateConfig(
            asked.parallelism(),
            asked.delay(),
            UpdateConfig.OnFailure.ROLLBACK,
            asked.monitor(),
            asked.maxFailureRatio(),
            asked.order()));
  }

  /** A copy that is rolled out as a rollback. */
  public Service rollingBack() {
    return with(container, specHash, rollback);
  }

  /** A copy with its image pinned to this digest; the spec hash stays the same. */
  public Service pinnedTo(String digest) {
    return digest.isEmpty() || !container.seeksDigest()
        ? this
        : with(container.withImage(container.image() + "@" + digest), specHash, update);
  }

  /**
   * The definition of one of its jobs: this one, unless the job is a step of {@code pre_start}.
   *
   * @param job of this service
   */
  public Service of(String job) {
    ContainerSpec step = PreStart.isJob(job) ? PreStart.of(container, job) : null;
    return step == null
        ? this
        : new Service(
            name,
            generation,
            step,
            specHash + job.substring(name.length()),
            new Mode.Replicated(1),
            placement,
            new PinRule.None(),
            null,
            reschedule,
            running,
            List.of(),
            OnUnhealthy.IGNORE,
            update,
            rollback,
            membership,
            Map.of());
  }

  /** Whether a person asked to replace the recorded container where it is. */
  public boolean isToRestart(Allocation record) {
    return Stream.of(name, record.job())
        .map(restarts::get)
        .anyMatch(asked -> asked != null && asked.host() == null && concerns(asked, record));
  }

  /** The host that a person asked to move the recorded job to, or null. */
  public @Nullable String movesTo(Allocation record) {
    Restart asked = restarts.get(record.job());
    return asked != null && concerns(asked, record) ? asked.host() : null;
  }

  /**
   * A record that was made for this write of the key is what was asked for, whatever the number: it
   * may come from another cluster, which had reached higher ones.
   */
  private boolean concerns(Restart asked, Allocation record) {
    return record.incarnation() <= asked.upTo() && record.generation() < generation;
  }

  /** A copy that shares namespaces with these containers; the spec hash stays the same. */
  public Service withNamespaces(Map<String, String> containers) {
    return with(container.withNamespaces(containers), specHash, update);
  }

  /** A copy with the volumes of these containers; the spec hash stays the same. */
  public Service withVolumesFrom(List<String> containers) {
    return with(container.withVolumesFrom(containers), specHash, update);
  }

  private Service with(ContainerSpec otherContainer, String otherHash, UpdateConfig otherUpdate) {
    return new Service(
        name,
        generation,
        otherContainer,
        otherHash,
        mode,
        placement,
        pin,
        parent,
        reschedule,
        running,
        dependsOn,
        onUnhealthy,
        otherUpdate,
        rollback,
        membership,
        restarts);
  }

  /**
   * A copy with the present content of these keys. Content shapes the containers, so it is part of
   * the hash. A missing key has no content.
   */
  public Service withContents(Map<String, Content> byKey) {
    if (container.files().stream().allMatch(ContainerFile::inline)) {
      return this;
    }
    List<ContainerFile> files =
        container.files().stream()
            .map(file -> file.inline() ? file : file.with(byKey.get(file.key())))
            .toList();
    // The hash of the written definition already covers keys, targets and modes.
    String written = specHash.replaceFirst("\\+.*", "");
    List<byte[]> contents =
        files.stream()
            .filter(file -> !file.inline())
            .sorted(Comparator.comparing(ContainerFile::target))
            .map(ContainerFile::content)
            .map(content -> content == null ? new byte[0] : content.bytes())
            .toList();
    return with(container.withFiles(files), written + "+" + Content.hash(contents), update);
  }

  /** The keys of this service's configs and secrets. */
  public List<String> contentKeys() {
    return container.files().stream()
        .filter(file -> !file.inline())
        .map(ContainerFile::key)
        .distinct()
        .toList();
  }

  /** The keys whose content is not known. */
  public List<String> missingContents() {
    return container.files().stream()
        .filter(file -> file.content() == null)
        .map(ContainerFile::key)
        .distinct()
        .toList();
  }

  /** Whether the agent pins its jobs to their local data. */
  public boolean pinsItself() {
    return pin instanceof PinRule.Auto && container.hasLocalData() && !isGlobal();
  }

  public boolean isGlobal() {
    return mode instanceof Mode.Global;
  }
}
