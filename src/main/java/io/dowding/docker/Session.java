package io.dowding.docker;

import com.github.dockerjava.api.exception.InternalServerErrorException;
import io.dowding.control.Event;
import io.dowding.control.Event.Outcome;
import io.dowding.control.Store.Sink;
import io.dowding.model.Container;
import io.dowding.model.EngineInfo;
import io.dowding.plan.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What is asked and ordered over one connection to an engine, each with its deadline. Thread-safe
 * if the link is.
 *
 * @param sink receives the progress of long calls
 */
public record Session(
    String host,
    Link link,
    Limit limit,
    DockerSettings settings,
    InstantSource clock,
    Calls calls,
    Sink sink) {

  /** A connection. */
  public interface Link {

    EngineApi engine();

    /** The engine's information, as read last. */
    EngineInfo info();

    /** Reads the engine's information again. */
    void refresh();

    /** What needs a person there, if that has changed since this was last asked; may be empty. */
    default Optional<String> newWarning() {
      return Optional.empty();
    }
  }

  /** Makes calls with deadlines. */
  @FunctionalInterface
  public interface Limit {
    /** The call's result; throws its exception, or one that says how long was waited. */
    <T> T within(Duration deadline, Callable<T> call) throws Exception;
  }

  /** Asks a question and returns what was seen. */
  public Event ask(Lane.Step.Question question) throws Exception {
    return switch (question) {
      case Lane.Step.ListAll(boolean refresh) -> list(refresh);
      case Lane.Step.Look(String id) -> look(id);
      case Lane.Step.Ping _ ->
          limit.within(
              settings.ping(),
              () -> {
                link.engine().ping();
                return new Event.HostAnswered(host);
              });
    };
  }

  /** An engine that cannot describe one container may still list all. */
  private Event look(String id) throws Exception {
    Instant asOf = clock.instant();
    try {
      return limit.within(
          settings.ping(),
          () -> new Event.ContainerSeen(host, id, link.engine().inspect(id), asOf));
    } catch (TimeoutException | InternalServerErrorException none) {
      return list(false);
    }
  }

  private Event list(boolean refresh) throws Exception {
    if (refresh) {
      var _ =
          limit.within(
              settings.call(),
              () -> {
                link.refresh();
                return true;
              });
    }
    Instant asOf = clock.instant();
    List<Container> all = limit.within(settings.call(), link.engine()::list);
    Set<String> volumes = limit.within(settings.call(), link.engine()::volumes);
    link.newWarning().ifPresent(text -> sink.accept(new Event.HostWarned(host, text)));
    return new Event.HostListed(host, link.info(), asOf, all, volumes);
  }

  /**
   * Makes a call that may change something.
   *
   * @param atMost as in {@link io.dowding.control.Engines#perform}
   */
  public Outcome perform(Action.OnHost action, @Nullable Duration atMost) throws Exception {
    Instant until = atMost == null ? Instant.MAX : clock.instant().plus(atMost);
    return limit.within(
        deadline(action, atMost),
        () ->
            calls.perform(
                action,
                link.engine(),
                until,
                text -> sink.accept(new Event.Progress(action.job(), text))));
  }

  private Duration deadline(Action.OnHost action, @Nullable Duration atMost) {
    Duration own =
        switch (action) {
          case Action.Pull _ -> settings.pull();
          case Action.Exec exec -> exec.atMost().plus(settings.call());
          default -> settings.call();
        };
    // A command that began in time may continue inside the container.
    return atMost != null && atMost.compareTo(own) < 0 && !(action instanceof Action.Exec)
        ? atMost
        : own;
  }
}
