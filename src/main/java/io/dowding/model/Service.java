package io.dowding.model;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A named, long-running definition, as a user wrote it, checked.
 *
 * @param specHash hash of {@code container}, with the hash's version in front
 * @param generation the {@code mod_revision} of the key that it was read from
 * @param parent the job or service beside which this one must live, or null
 * @param running false for {@code state: stopped}: keep the definition, run nothing
 * @param dependsOn what must be there before a job of this service is made; what runs is not
 *     stopped for it
 * @param update how its jobs are replaced
 * @param rollback the same, when it is gone back to
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
    UpdateConfig rollback) {

  /**
   * The longest definition, with its contents: two copies and what surrounds them must fit in
   * etcd's 1.5 MiB.
   */
  public static final int MOST_BYTES = 512 * 1024;

  /**
   * Another service that this one needs.
   *
   * @param required false: if there is no such service, it is not waited for
   * @param restart when a job of the other has been made anew, those of this one are too
   */
  public record Dependency(
      String service, Condition condition, boolean required, boolean restart) {}

  /** What all jobs of the other service must be; by Compose's words. */
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

  /** What becomes of a container whose health check fails. */
  public enum OnUnhealthy {
    /** The default. */
    RESTART,
    /** A new container takes its place. */
    REPLACE,
    IGNORE
  }

  /** How many jobs. */
  public sealed interface Mode {
    /** A number of them, wherever they fit. */
    record Replicated(int replicas) implements Mode {}

    /** One on every host that fits. */
    record Global() implements Mode {}
  }

  /**
   * Which hosts.
   *
   * @param spreadOver meta data names over whose values the jobs are spread, most important first
   * @param maxPerHost jobs of this service on one host; 0 is without limit
   * @param exclusive no two jobs of this service on one host
   * @param weight how busy a job makes its host
   */
  public record Placement(
      List<Constraint> constraints,
      List<String> spreadOver,
      int maxPerHost,
      boolean exclusive,
      Strategy strategy,
      double weight) {
    public static final Placement ANYWHERE =
        new Placement(List.of(), List.of(), 0, false, Strategy.SPREAD, 1);
  }

  /** How hosts that fit are ranked. */
  public enum Strategy {
    SPREAD,
    BINPACK
  }

  /** What the service itself says of pinning. */
  public sealed interface PinRule {
    /** Each job with local data is pinned to the first host that its container was created on. */
    record Auto() implements PinRule {}

    record None() implements PinRule {}

    record ToHost(String hostname) implements PinRule {}
  }

  /** When a job leaves a host that is down. */
  public sealed interface Reschedule {
    /** After the configured grace; never where pinned or with local data. */
    record Default() implements Reschedule {}

    record Never() implements Reschedule {}

    record After(Duration down) implements Reschedule {}
  }

  /** The same, as it is gone back to after a later definition failed. */
  public Service rollingBack() {
    return with(container, specHash, rollback);
  }

  /** The same, of the very image that its tag meant; it is no other definition for that. */
  public Service pinnedTo(String digest) {
    return digest.isEmpty() || !container.seeksDigest()
        ? this
        : with(container.withImage(container.image() + "@" + digest), specHash, update);
  }

  /**
   * As one of its jobs is to be made: as it is, unless the job is a step of {@code pre_start}.
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
            rollback);
  }

  /** The same, in the namespaces of these containers; it is no other definition for that. */
  public Service withNamespaces(Map<String, String> containers) {
    return with(container.withNamespaces(containers), specHash, update);
  }

  /** The same, with the volumes of these containers; it is no other definition for that. */
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
        rollback);
  }

  /**
   * The same, with the content that these keys have now; it shapes the containers, and so it is in
   * the hash. One whose key is not there has none.
   */
  public Service withContents(Map<String, Content> byKey) {
    if (container.files().stream().allMatch(ContainerFile::inline)) {
      return this;
    }
    List<ContainerFile> files =
        container.files().stream()
            .map(file -> file.inline() ? file : file.with(byKey.get(file.key())))
            .toList();
    // The hash of the definition as it is written tells their keys, targets and modes.
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

  /** The keys that hold content of this service's. */
  public List<String> contentKeys() {
    return container.files().stream()
        .filter(file -> !file.inline())
        .map(ContainerFile::key)
        .distinct()
        .toList();
  }

  /** Those whose content is not known. */
  public List<String> missingContents() {
    return container.files().stream()
        .filter(file -> file.content() == null)
        .map(ContainerFile::key)
        .distinct()
        .toList();
  }

  /** Whether its jobs are to be pinned beside their local data by the agent. */
  public boolean pinsItself() {
    return pin instanceof PinRule.Auto && container.hasLocalData() && !isGlobal();
  }

  public boolean isGlobal() {
    return mode instanceof Mode.Global;
  }
}
