package io.dowding.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import io.dowding.control.Event.Outcome;
import io.dowding.control.SteadyClock;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec.PullPolicy;
import io.dowding.model.Ownership;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The calls that change something on a host, each followed by a look at what came of it. None is
 * repeated here: after a lost answer the host is listed, and the loop decides anew.
 */
final class Calls {

  private final DockerSettings settings;
  private final SteadyClock clock;
  private final String cluster;
  private final String base;

  Calls(DockerSettings settings, SteadyClock clock, String cluster, String base) {
    this.settings = settings;
    this.clock = clock;
    this.cluster = cluster;
    this.base = base;
  }

  Outcome perform(Action.OnHost action, Connection connection, Guard guard) {
    try {
      return switch (action) {
        case Action.Pull pull -> guard.call(settings.pull(), () -> pull(pull, connection));
        case Action.Create create ->
            guard.call(settings.call(), () -> create(create, connection.calls()));
        case Action.Start start ->
            guard.call(settings.call(), () -> start(start, connection.calls()));
        case Action.Signal signal ->
            guard.call(settings.call(), () -> signal(signal, connection.calls()));
        case Action.Remove remove ->
            guard.call(settings.call(), () -> remove(remove, connection.calls()));
        case Action.SetRestart set ->
            guard.call(settings.call(), () -> setRestart(set, connection.calls()));
      };
    } catch (Exception failed) {
      return new Outcome.Failed(Failures.fault(failed), Failures.words(failed), clock.now());
    }
  }

  private Outcome pull(Action.Pull pull, Connection connection) throws InterruptedException {
    boolean there = pull.policy() != PullPolicy.ALWAYS && hasImage(pull.image(), connection);
    if (!there && pull.policy() == PullPolicy.NEVER) {
      return failed(
          Fault.HOST,
          pull.image() + " is not on the host, and pull_policy is never: load it there");
    }
    if (!there) {
      List<String> image = Creation.nameAndTag(pull.image());
      try (PullImageCmd command = connection.pulls().pullImageCmd(image.getFirst())) {
        (image.getLast().isEmpty() ? command : command.withTag(image.getLast()))
            .exec(new PullImageResultCallback())
            .awaitCompletion();
      } catch (RuntimeException failed) {
        return failed(Fault.HOST, "cannot pull " + pull.image() + ": " + Failures.words(failed));
      }
    }
    return new Outcome.Done("", null, clock.now());
  }

  private static boolean hasImage(String image, Connection connection) {
    try {
      connection.calls().inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException absent) {
      return false;
    }
  }

  private Outcome create(Action.Create create, DockerClient client) {
    Allocation record = create.record();
    var command = Creation.command(client, cluster, base, record, create.service().container());
    try {
      return look(command.exec().getId(), client);
    } catch (RuntimeException failed) {
      if (!Failures.isConflict(failed)) {
        throw failed;
      }
      return adopt(record, Ownership.nameOf(record, create.service().container()), client);
    }
  }

  /** The name is taken: by the container that an earlier call made, or by somebody else's. */
  private Outcome adopt(Allocation record, String name, DockerClient client) {
    Instant asOf = clock.now();
    Container found;
    try {
      found = inspect(name, client);
    } catch (NotFoundException removedMeanwhile) {
      return failed(Fault.BUSY, "the container before it is being removed");
    }
    var owned = Ownership.of(found, cluster);
    boolean itsOwn =
        owned != null
            && owned.job().equals(record.job())
            && owned.incarnation() == record.incarnation();
    if (itsOwn) {
      return new Outcome.Done(found.id(), found, asOf);
    }
    if (owned != null || found.state() == Container.State.REMOVING) {
      return failed(Fault.BUSY, "the name " + name + " is still used by " + found.shortId());
    }
    return failed(
        Fault.NAME_TAKEN,
        "name taken: "
            + name
            + " belongs to container "
            + found.shortId()
            + " ("
            + found.image()
            + "), which is not dowding's; rename or remove it, or change container_name");
  }

  private Outcome start(Action.Start start, DockerClient client) {
    try {
      client.startContainerCmd(start.container()).exec();
    } catch (NotModifiedException alreadyRuns) {
      return look(start.container(), client);
    } catch (RuntimeException failed) {
      if (Failures.isGone(failed)) {
        return look(start.container(), client);
      }
      throw failed;
    }
    return look(start.container(), client);
  }

  private Outcome signal(Action.Signal signal, DockerClient client) {
    if (!isStillOurs(signal.container(), signal.job(), client)) {
      return failed(Fault.STALE, "the container is not what it was");
    }
    try {
      client.killContainerCmd(signal.container()).withSignal(signal.signal()).exec();
    } catch (RuntimeException failed) {
      // It has ended by itself: all the better.
      if (!Failures.isGone(failed) && !Failures.isConflict(failed)) {
        throw failed;
      }
    }
    return look(signal.container(), client);
  }

  /** Looked at once more, just before: what is condemned must be ours, and this job's. */
  private boolean isStillOurs(String id, String job, DockerClient client) {
    Container found = find(id, client);
    var owned = found == null ? null : Ownership.of(found, cluster);
    return found == null || (owned != null && owned.job().equals(job));
  }

  private Outcome remove(Action.Remove remove, DockerClient client) {
    if (!isStillOurs(remove.container(), remove.job(), client)) {
      return failed(Fault.STALE, "the container is not what it was");
    }
    try {
      client.removeContainerCmd(remove.container()).withRemoveVolumes(true).exec();
    } catch (RuntimeException failed) {
      if (!Failures.isGone(failed) && !Failures.isConflict(failed)) {
        throw failed;
      }
    }
    return look(remove.container(), client);
  }

  private Outcome setRestart(Action.SetRestart set, DockerClient client) {
    client
        .updateContainerCmd(set.container())
        .withRestartPolicy(Creation.restart(set.policy()))
        .exec();
    return look(set.container(), client);
  }

  private Outcome failed(Fault fault, String words) {
    return new Outcome.Failed(fault, words, clock.now());
  }

  private Outcome look(String id, DockerClient client) {
    Instant asOf = clock.now();
    try {
      return new Outcome.Done(id, inspect(id, client), asOf);
    } catch (NotFoundException gone) {
      return new Outcome.Done(id, null, asOf);
    }
  }

  /** One container as it is now. */
  static Container inspect(String idOrName, DockerClient client) {
    InspectContainerResponse seen = client.inspectContainerCmd(idOrName).exec();
    return Views.of(seen, isInherited(seen, client));
  }

  /**
   * Whether its labels of ours came with its image, as {@code docker commit} leaves them. Asked
   * only of containers with a name of the user's own: for the others the name tells.
   */
  private static boolean isInherited(InspectContainerResponse seen, DockerClient client) {
    Map<String, String> labels = seen.getConfig().getLabels();
    if (labels == null || !labels.containsKey(Ownership.NAME)) {
      return false;
    }
    try {
      var config = client.inspectImageCmd(seen.getImageId()).exec().getConfig();
      Map<String, String> ofImage = config == null ? null : config.getLabels();
      String incarnation = labels.get(Ownership.INCARNATION);
      return ofImage != null
          && incarnation != null
          && incarnation.equals(ofImage.get(Ownership.INCARNATION));
    } catch (NotFoundException imageIsGone) {
      return false;
    }
  }

  /** One container, or null if it is not there. */
  static @Nullable Container find(String id, DockerClient client) {
    try {
      return inspect(id, client);
    } catch (NotFoundException gone) {
      return null;
    }
  }
}
