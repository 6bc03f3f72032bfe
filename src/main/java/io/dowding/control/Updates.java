package io.dowding.control;

import io.dowding.keys.ServiceStatus;
import io.dowding.keys.ServiceStatus.UpdateStatus;
import io.dowding.keys.Versions;
import io.dowding.keys.Versions.Definition;
import io.dowding.model.ContainerSpec;
import io.dowding.plan.RolloutView;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is kept and reported of a service's updates. */
final class Updates {

  private Updates() {}

  /**
   * What to keep of a service, or null to leave it unchanged. A failed definition is rolled back
   * only once that is written, so every later leader continues from there.
   */
  static @Nullable Versions kept(Keys keys, String name, @Nullable RolloutView rollout) {
    Versions known = keys.definitions.versionsOf(name);
    if (known == null) {
      return null;
    }
    // What was rolled out is what was kept before the tag moved.
    return keys.definitions.moved(
        name, rollout == null || known.isRolledBack() ? known : after(known, rollout));
  }

  private static Versions after(Versions known, RolloutView rollout) {
    return givesUp(known, rollout)
        ? known.failedFor(rollout.why())
        : known.rolledOut(rollout.state() == RolloutView.State.GOOD);
  }

  /** A rollback needs another definition to go back to. */
  private static boolean givesUp(Versions known, RolloutView rollout) {
    return rollout.state() == RolloutView.State.FAILED && known.good() != null && !known.isGood();
  }

  /** Null if there is nothing to report. */
  static @Nullable UpdateStatus status(Keys keys, String name, @Nullable RolloutView rollout) {
    Versions known = keys.definitions.versionsOf(name);
    if (known == null || rollout == null) {
      return null;
    }
    Versions.Failure failed = known.isRolledBack() ? known.failed() : null;
    String why = failed != null ? failed.why() : rollout.why();
    String state = state(known, rollout);
    if (state == null && rollout.notes().isEmpty()) {
      return null;
    }
    Definition good = known.good();
    return new UpdateStatus(
        state,
        good == null ? null : good.service().generation(),
        failed == null ? null : failed.generation(),
        failed == null || !known.isMove() ? null : known.valid().digest(),
        why.isEmpty() ? null : why,
        rollout.notes().isEmpty() ? null : rollout.notes(),
        state == null || state.equals("rolled back") ? null : progress(rollout.count()));
  }

  private static ServiceStatus.Progress progress(RolloutView.Count count) {
    return new ServiceStatus.Progress(count.old(), count.fresh(), count.good(), count.failed());
  }

  private static @Nullable String state(Versions known, RolloutView rollout) {
    if (known.isRolledBack()) {
      return rollout.state() == RolloutView.State.GOOD ? "rolled back" : "rolling back";
    }
    return switch (rollout.state()) {
      case GOOD -> null;
      case PAUSED -> "paused";
      case FAILED -> givesUp(known, rollout) ? "rolling back" : "paused";
      // A job that returns or is moved is not an update.
      case UNDER_WAY -> known.good() == null || known.isGood() ? null : "updating";
    };
  }

  /** A message for the user, or null. */
  static @Nullable String message(Keys keys, String name, @Nullable RolloutView rollout) {
    Versions known = keys.definitions.versionsOf(name);
    UpdateStatus status = status(keys, name, rollout);
    if (known == null || status == null || status.state() == null) {
      return null;
    }
    return switch (status.state()) {
      case "paused" ->
          "the update is paused until this recovers or you change services/"
              + name
              + ": "
              + status.why();
      case "rolled back", "rolling back" -> goesBack(status, known, name);
      default -> null;
    };
  }

  private static String goesBack(UpdateStatus status, Versions known, String name) {
    if (status.failedDigest() != null) {
      return "%s now points to %s, which failed (%s); the last good image runs until the tag moves or you change services/%s"
          .formatted(
              known.valid().service().container().image(),
              ContainerSpec.shortDigest(status.failedDigest()),
              status.why(),
              name);
    }
    long failed = known.valid().service().generation();
    // If only a config or a secret changed, the service's key is the same.
    return Objects.equals(failed, status.good())
        ? "a changed config or secret failed ("
            + status.why()
            + "); the last good content is used until you change it or services/"
            + name
        : "generation "
            + failed
            + " failed ("
            + status.why()
            + "); generation "
            + status.good()
            + ", the last good one, runs until you change services/"
            + name;
  }
}
