package io.dowding.model;

import java.time.Duration;
import java.util.List;
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
    return new Service(
        name,
        generation,
        container,
        specHash,
        mode,
        placement,
        pin,
        parent,
        reschedule,
        running,
        dependsOn,
        onUnhealthy,
        rollback,
        rollback);
  }

  /** Whether its jobs are to be pinned beside their local data by the agent. */
  public boolean pinsItself() {
    return pin instanceof PinRule.Auto && container.hasLocalData() && !isGlobal();
  }

  public boolean isGlobal() {
    return mode instanceof Mode.Global;
  }
}
