package io.dowding.sim;

import io.dowding.control.Event;
import io.dowding.control.Store.Sink;
import io.dowding.docker.Calls;
import io.dowding.docker.DockerEngines;
import io.dowding.docker.Lane;
import io.dowding.docker.Session;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.sim.Faults.Silence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Follows one host in virtual time, as its {@link Lane} decides. */
final class SimLane implements DockerEngines.Follower {

  private static final long LATE = 5000;

  private final SimAgent agent;
  private final Simulation sim;
  private final Host host;
  private final Calls calls;
  private final Sink sink;
  private final Lane lane = new Lane(Simulation.DOCKER);
  private final Turns turns;
  private @Nullable Listener listener;
  private @Nullable String ended;
  private boolean closed;

  SimLane(SimAgent agent, Host host, Calls calls, Sink sink) {
    this.agent = agent;
    this.sim = agent.sim;
    this.host = host;
    this.calls = calls;
    this.sink = sink;
    this.turns = new Turns(agent, this::turn);
    agent.later(sim.latency(1, 20), turns::take);
  }

  @Override
  public Host host() {
    return host;
  }

  private void turn() {
    if (closed) {
      return;
    }
    if (ended != null) {
      lost(new Silence(ended));
    }
    switch (lane.next(agent.clock.instant())) {
      case Lane.Step.Wait(Instant until) -> turns.at(until);
      case Lane.Step step -> take(step);
    }
  }

  private void take(Lane.Step step) {
    try {
      Event seen =
          step instanceof Lane.Step.Question question ? session(null).ask(question) : connect();
      turns.then(
          () -> {
            lane.done(step, agent.clock.instant());
            if (seen != null) {
              sink.accept(seen);
            }
          });
    } catch (Exception failed) {
      turns.then(() -> lost(failed));
    }
  }

  private Session session(Action.@Nullable OnHost action) {
    SimWire wire = new SimWire(agent, host.hostname(), action);
    return new Session(host.hostname(), wire, wire, Simulation.DOCKER, agent.clock, calls, sink);
  }

  private @Nullable Event connect() throws Exception {
    SimWire wire = new SimWire(agent, host.hostname(), null);
    Listener made = new Listener();
    listener = made;
    ended = null;
    wire.within(
        Simulation.DOCKER.connect(),
        () -> {
          wire.reach().listen(made);
          return made;
        });
    return null;
  }

  private void lost(Exception failed) {
    disconnect();
    ended = null;
    lane.failed(agent.clock.instant());
    sink.accept(new Event.HostLost(host.hostname(), String.valueOf(failed.getMessage())));
  }

  private void disconnect() {
    FakeEngine engine = sim.engines.get(host.hostname());
    if (engine != null && listener != null) {
      engine.unlisten(listener);
    }
    listener = null;
  }

  /** What an engine reports, as it reaches this agent. */
  private final class Listener implements FakeEngine.Listener {

    /** Of which is to be heard as one with what comes next. */
    private final List<String> together = new ArrayList<>();

    private boolean isHeard() {
      return sim.canReach(agent, host.hostname()) && sim.isAnswered(agent, host.hostname());
    }

    @Override
    public void changed(String id) {
      if (!isHeard()) {
        return;
      }
      switch (sim.fate(host.hostname())) {
        case ON_TIME -> later(id, sim.latency(1, 10));
        case DROPPED -> {}
        case DELAYED -> later(id, LATE);
        case DOUBLED -> {
          later(id, sim.latency(1, 10));
          later(id, sim.latency(1, 10));
        }
        case COALESCED -> {
          together.add(id);
          return;
        }
      }
      together.forEach(earlier -> later(earlier, sim.latency(1, 10)));
      together.clear();
    }

    private void later(String id, long wait) {
      agent.later(
          wait,
          () -> {
            if (listener == this) {
              lane.changed(id);
              turns.take();
            }
          });
    }

    @Override
    public void ended() {
      if (isHeard()) {
        agent.later(
            sim.latency(1, 10),
            () -> {
              if (listener == this) {
                ended = "the stream of events ended";
                turns.take();
              }
            });
      }
    }
  }

  @Override
  public Event.Outcome perform(Action.OnHost action, @Nullable Duration atMost) {
    if (!lane.isUsable()) {
      return calls.unasked("");
    }
    try {
      return session(action).perform(action, atMost);
    } catch (Exception failed) {
      Event.Outcome outcome = calls.failed(action, failed);
      if (Calls.isLost(outcome)) {
        agent.later(
            agent.peekSpent() + 5,
            () -> {
              lane.listAgain();
              turns.take();
            });
      }
      return outcome;
    }
  }

  @Override
  public void close() {
    closed = true;
    disconnect();
  }
}
