package io.dowding.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.dowding.control.Event.Outcome;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerSpec;
import io.dowding.model.ContainerSpec.PullPolicy;
import io.dowding.model.Mount;
import io.dowding.model.Networks;
import io.dowding.model.Ownership;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls that change something on a host, each followed by an inspection of the result. Nothing
 * is retried here: after a lost answer the host is listed, and the loop decides again. Thread-safe.
 */
public final class Calls {

  private final InstantSource clock;
  private final String base;
  private final Attachments attachments = new Attachments();

  /**
   * @param base the base key, as in labels
   */
  public Calls(InstantSource clock, String base) {
    this.clock = clock;
    this.base = base;
  }

  /** Until when requests that change something may be sent. */
  private record Term(InstantSource clock, Instant end) {

    /** Checked before each request, because the process may have stood still since the last one. */
    void check() {
      if (!clock.instant().isBefore(end)) {
        throw new Over();
      }
    }
  }

  private static final class Over extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /**
   * Blocks. Throws when the engine refuses or does not answer.
   *
   * @param until no request that changes a container is sent after this
   * @param progress receives the progress of long calls
   */
  public Outcome perform(
      Action.OnHost action, EngineApi engine, Instant until, Consumer<String> progress)
      throws InterruptedException {
    Term term = new Term(clock, until);
    try {
      return switch (action) {
        case Action.Pull pull -> pull(pull, engine, progress);
        case Action.Resolve resolve -> resolve(resolve.image(), engine);
        case Action.Create create -> create(create, engine, term);
        case Action.Start start -> start(start, engine, term);
        case Action.Connect connect -> connect(connect, engine, term);
        case Action.Exec exec -> exec(exec, engine, term);
        case Action.Signal signal -> signal(signal, engine, term);
        case Action.Remove remove -> remove(remove, engine, term);
        case Action.SetRestart set -> setRestart(set, engine, term);
        case Action.Look again -> look(again.container(), engine);
      };
    } catch (Over over) {
      return failed(Fault.STALE, "this agent's lease may have expired");
    }
  }

  /** The outcome of a call that was not made, because there is no connection for this reason. */
  public Outcome unasked(String why) {
    return failed(Fault.UNASKED, why.isEmpty() ? "not connected" : "not connected: " + why);
  }

  /** Whether the call may have been made: then its host must be listed. */
  public static boolean isLost(Outcome outcome) {
    return outcome instanceof Outcome.Failed failed && failed.fault() == Fault.LOST;
  }

  /** The outcome of this call, which threw this. */
  public Outcome failed(Action.OnHost action, Throwable thrown) {
    // Looking up a tag changes nothing, so nothing need be listed again.
    Fault fault = action instanceof Action.Resolve ? Fault.HOST : Failures.fault(thrown);
    String words = Failures.words(thrown);
    String hint =
        fault != Fault.LOST
            ? ""
            : switch (action) {
              case Action.Create create -> hint(create.service().container());
              case Action.Start _ ->
                  "; the engine may still be looking for a plugin of its log driver or volumes:"
                      + " see its log";
              default -> "";
            };
    return failed(fault, words + hint);
  }

  /** An engine may look for a plugin longer than a call may take. */
  private static String hint(ContainerSpec spec) {
    Set<String> drivers = new TreeSet<>();
    if (spec.engine().get("HostConfig.LogConfig") instanceof Map<?, ?> log) {
      drivers.add("log driver " + log.get("Type"));
    }
    for (Mount mount : spec.mounts()) {
      if (mount.options().get("VolumeOptions") instanceof Map<?, ?> volume
          && volume.get("DriverConfig") instanceof Map<?, ?> driver) {
        drivers.add("volume driver " + driver.get("Name"));
      }
    }
    drivers.removeIf(driver -> driver.endsWith(" local") || driver.endsWith(" json-file"));
    return drivers.isEmpty()
        ? "; the engine may still be working on it"
        : "; the engine may still be looking for "
            + String.join(" and ", drivers)
            + ": is the plugin installed and enabled there?";
  }

  private Outcome pull(Action.Pull pull, EngineApi engine, Consumer<String> progress)
      throws InterruptedException {
    String image = pull.image();
    EngineApi.Image there = engine.image(image);
    if (there == null && pull.policy().when() == PullPolicy.When.NEVER) {
      return failed(
          Fault.HOST, image + " is not on the host, and pull_policy is never: load it there");
    }
    List<String> missing = new ArrayList<>();
    if (there == null || isDue(pull, there)) {
      missing.add(image);
    }
    pull.mounted().stream().filter(other -> engine.image(other) == null).forEach(missing::add);
    for (String each : missing) {
      try {
        engine.pull(each, progress);
      } catch (RuntimeException failed) {
        Fault fault = Failures.fault(failed) == Fault.DISK ? Fault.DISK : Fault.HOST;
        String hint = each.equals(image) ? hint(pull) : "";
        return failed(fault, "cannot pull " + each + ": " + Failures.words(failed) + hint);
      }
    }
    if (missing.contains(image)) {
      there = engine.image(image);
    }
    if (there == null) {
      return failed(
          Fault.HOST, "the engine reported that it pulled " + image + ", but does not have it");
    }
    String refusal = Images.refusal(image, there);
    return !refusal.isEmpty()
        ? failed(Fault.SPEC, refusal)
        : new Outcome.Pulled(Images.digest(image, there.digests()));
  }

  private static String hint(Action.Pull pull) {
    return pull.image().contains("@") && pull.policy().pins()
        ? "; its tag resolved to this digest when it was first pulled: to resolve it again,"
            + " change the service, or set x-dowding.pin_digest: false"
        : "";
  }

  private Outcome resolve(String image, EngineApi engine) throws InterruptedException {
    try {
      return new Outcome.Resolved(engine.resolve(image));
    } catch (RuntimeException failed) {
      return failed(Fault.HOST, "cannot look up " + image + ": " + Failures.words(failed));
    }
  }

  /** An image named by digest never changes, so it is only pulled if missing. */
  private boolean isDue(Action.Pull pull, EngineApi.Image there) {
    return !pull.image().contains("@")
        && switch (pull.policy().when()) {
          case ALWAYS -> true;
          case EVERY -> there.tagged().plus(pull.policy().age()).isBefore(clock.instant());
          case MISSING, NEVER -> false;
        };
  }

  private Outcome create(Action.Create create, EngineApi engine, Term term)
      throws InterruptedException {
    Allocation record = create.record();
    var spec = create.service().container();
    try {
      Map<?, ?> options = Networks.options(spec);
      SortedSet<String> networks = new TreeSet<>(Networks.of(record.service(), spec).keySet());
      if (networks.isEmpty()) {
        term.check();
        return made(create, engine);
      }
      return attachments.alone(
          create.host(),
          networks,
          () -> {
            Attachments.make(create.cluster(), networks, options, engine);
            term.check();
            return made(create, engine);
          });
    } catch (RuntimeException failed) {
      if (!Failures.isConflict(failed)) {
        throw failed;
      }
      return adopt(create.cluster(), record, Ownership.nameOf(record, spec), engine);
    }
  }

  /** Creates it. Its start follows, so it is not inspected before that. */
  private Outcome made(Action.Create create, EngineApi engine) {
    ContainerSpec spec = create.service().container();
    String id = engine.create(create.cluster(), base, create.record(), spec);
    Container made = Creation.result(id, create.cluster(), base, create.record(), spec);
    return new Outcome.Done(id, made, clock.instant());
  }

  /** The name is in use: by the container that an earlier call created, or by another one. */
  private Outcome adopt(String cluster, Allocation record, String name, EngineApi engine) {
    Instant asOf = clock.instant();
    Container found = engine.inspect(name);
    if (found == null) {
      return failed(
          Fault.BUSY, "its name is in use by a container that is still being created or removed");
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

  private Outcome start(Action.Start start, EngineApi engine, Term term) {
    try {
      term.check();
      Attachments.connect(start.container(), start.networks(), engine);
      if (!start.files().isEmpty()) {
        engine.copy(start.container(), start.files());
      }
      term.check();
      engine.start(start.container());
    } catch (RuntimeException failed) {
      if (!Failures.isGone(failed)) {
        throw failed;
      }
    }
    Outcome.Done done = look(start.container(), engine);
    // As for a container that is still there after its removal.
    return done.container() != null && done.container().state() == Container.State.CREATED
        ? failed(Fault.HOST, "the engine was asked to start the container, but has not")
        : done;
  }

  private Outcome connect(Action.Connect connect, EngineApi engine, Term term)
      throws InterruptedException {
    SortedSet<String> names = new TreeSet<>(connect.networks().keySet());
    return attachments.alone(
        connect.host(),
        names,
        () -> {
          Attachments.make(connect.cluster(), names, connect.options(), engine);
          term.check();
          Attachments.connect(connect.container(), connect.networks(), engine);
          return look(connect.container(), engine);
        });
  }

  private Outcome exec(Action.Exec exec, EngineApi engine, Term term) throws InterruptedException {
    Instant asOf = clock.instant();
    Container found = engine.inspect(exec.container());
    if (found == null || (exec.basis() != null && !isStill(found, exec.basis()))) {
      return new Outcome.Changed(exec.container(), found, asOf);
    }
    String name = exec.hooks().substring(Ownership.PREFIX.length());
    // Checked once: while several commands run, the lease is renewed.
    term.check();
    try {
      for (Map<String, Object> hook : Execs.of(found.labels().getOrDefault(exec.hooks(), "[]"))) {
        int code = engine.exec(exec.container(), hook, exec.atMost());
        if (code != 0) {
          String how =
              code < 0
                  ? "did not exit within " + exec.atMost().toSeconds() + " s"
                  : "exited with " + code;
          return failed(Fault.SPEC, name + ": " + hook.get("Cmd") + " " + how);
        }
      }
    } catch (JsonProcessingException changedByHand) {
      return failed(Fault.SPEC, name + ": its label cannot be read");
    }
    return look(exec.container(), engine);
  }

  private Outcome signal(Action.Signal signal, EngineApi engine, Term term) {
    Instant asOf = clock.instant();
    Container found = engine.inspect(signal.container());
    if (!isStill(found, signal.basis())) {
      return new Outcome.Changed(signal.container(), found, asOf);
    }
    try {
      term.check();
      engine.signal(signal.container(), signal.signal());
    } catch (RuntimeException failed) {
      if (!Failures.isGone(failed) && !Failures.isConflict(failed)) {
        throw failed;
      }
      Outcome.Done after = look(signal.container(), engine);
      Container left = after.container();
      // If it has exited by itself, good. If not, it did not get the signal.
      return left == null || !left.isAlive()
          ? after
          : failed(Fault.BUSY, "the signal was refused: " + Failures.words(failed));
    }
    return look(signal.container(), engine);
  }

  /**
   * Inspects it again just before the call: it must still be ours, this job's, and in this
   * condition.
   */
  private static boolean isStill(@Nullable Container found, Action.Basis basis) {
    if (found == null) {
      return true;
    }
    var owned = Ownership.of(found, basis.cluster());
    boolean isTheJobs = owned != null && owned.job().equals(basis.job());
    return isTheJobs
        && switch (basis.condition()) {
          case ANY -> true;
          case UNHEALTHY -> !found.isAlive() || "unhealthy".equals(found.health());
          case NOT_RUNNING -> found.state() != Container.State.RUNNING;
        };
  }

  private Outcome remove(Action.Remove remove, EngineApi engine, Term term)
      throws InterruptedException {
    Instant asOf = clock.instant();
    Container found = engine.inspect(remove.container());
    if (!isStill(found, remove.basis())) {
      return new Outcome.Changed(remove.container(), found, asOf);
    }
    try {
      term.check();
      engine.remove(remove.container());
      if (found != null && !Networks.in(found.labels()).isEmpty()) {
        attachments.tidy(remove.host(), remove.basis().cluster(), engine);
      }
    } catch (RuntimeException failed) {
      if (!Failures.isGone(failed) && !Failures.isConflict(failed)) {
        throw failed;
      }
    }
    Outcome.Done done = look(remove.container(), engine);
    // Otherwise an engine that goes on showing it would be asked again at once, for ever.
    return done.container() == null || done.container().state() == Container.State.REMOVING
        ? done
        : failed(Fault.HOST, "the engine still shows a container that it was asked to remove");
  }

  private Outcome setRestart(Action.SetRestart set, EngineApi engine, Term term) {
    term.check();
    engine.setRestart(set.container(), set.policy());
    return look(set.container(), engine);
  }

  private Outcome failed(Fault fault, String words) {
    return new Outcome.Failed(fault, words, clock.instant());
  }

  private Outcome.Done look(String id, EngineApi engine) {
    Instant asOf = clock.instant();
    @Nullable Container seen = engine.inspect(id);
    return new Outcome.Done(id, seen, asOf);
  }
}
