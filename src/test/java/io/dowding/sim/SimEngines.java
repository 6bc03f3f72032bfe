package io.dowding.sim;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.dowding.control.Engines;
import io.dowding.control.Event;
import io.dowding.control.Store.Sink;
import io.dowding.docker.Calls;
import io.dowding.docker.EngineApi;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.ContainerFile;
import io.dowding.model.ContainerSpec;
import io.dowding.model.EngineInfo;
import io.dowding.model.Hooks;
import io.dowding.model.Host;
import io.dowding.model.RestartPolicy;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import io.dowding.sim.Faults.Crashed;
import io.dowding.sim.Faults.Silence;
import io.dowding.sim.Faults.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The hosts of one agent: the real calls, on simulated engines, with virtual lanes. */
final class SimEngines implements Engines {

  static final long PING = 5000;
  private static final long RESYNC = 60_000;
  private static final long RETRY = 1000;
  private static final long LATE = 5000;

  private final SimAgent agent;
  private final Simulation sim;
  private final Calls calls;
  private final Map<String, Lane> lanes = new TreeMap<>();

  SimEngines(SimAgent agent) {
    this.agent = agent;
    this.sim = agent.sim;
    this.calls = new Calls(agent.clock, Simulation.BASE);
  }

  @Override
  public void follow(Collection<Host> hosts, Sink sink) {
    lanes
        .values()
        .removeIf(
            lane -> {
              boolean left = !hosts.contains(lane.host);
              if (left) {
                lane.close();
              }
              return left;
            });
    for (Host host : hosts) {
      if (!lanes.containsKey(host.hostname())) {
        Lane lane = new Lane(host, sink);
        lanes.put(host.hostname(), lane);
        agent.later(sim.latency(1, 20), lane::connect);
      }
    }
  }

  @Override
  public Event.Outcome perform(Action.OnHost action, @Nullable Duration atMost) {
    Lane lane = lanes.get(action.host());
    if (lane == null) {
      return new Event.Outcome.Failed(Fault.STALE, "not followed", agent.clock.instant());
    }
    if (!lane.connected) {
      return new Event.Outcome.Failed(Fault.UNASKED, "not connected", agent.clock.instant());
    }
    try {
      Instant until = atMost == null ? Instant.MAX : agent.clock.instant().plus(atMost);
      EngineApi wire = sim.bugs.around(new Wire(action.host(), action));
      return calls.perform(action, wire, until, text -> {});
    } catch (InterruptedException impossible) {
      throw new IllegalStateException(impossible);
    } catch (RuntimeException failed) {
      Event.Outcome outcome = calls.failed(failed);
      if (outcome instanceof Event.Outcome.Failed f && f.fault() == Fault.LOST) {
        agent.later(agent.peekSpent() + 5, lane::list);
      }
      return outcome;
    }
  }

  @Override
  public void close() {
    lanes.values().forEach(Lane::close);
    lanes.clear();
  }

  /** What follows one host. */
  private final class Lane {
    private final Host host;
    private final Sink sink;
    private final Consumer<String> listener = this::happened;
    private boolean closed;
    private boolean connected;
    private long session;

    /** Of which is to be heard as one with what comes next. */
    private final List<String> together = new ArrayList<>();

    Lane(Host host, Sink sink) {
      this.host = host;
      this.sink = sink;
    }

    private Wire wire() {
      return new Wire(host.hostname(), null);
    }

    private @Nullable FakeEngine engine() {
      return sim.engines.get(host.hostname());
    }

    void connect() {
      if (closed || connected) {
        return;
      }
      session++;
      FakeEngine engine = engine();
      if (engine != null && sim.canReach(agent, host.hostname())) {
        engine.listen(listener);
      }
      connected = true;
      list();
      if (connected) {
        ping(session);
        resync(session);
      }
    }

    void list() {
      if (closed || !connected) {
        return;
      }
      Instant asOf = agent.clock.instant();
      FakeEngine engine = engine();
      try {
        List<Container> all = wire().list();
        Set<String> volumes = engine == null ? Set.of() : engine.volumes();
        EngineInfo info = FakeInfo.of(engine == null ? "" : engine.id());
        long spent = agent.spent();
        agent.later(
            spent,
            () -> {
              if (connected && !closed) {
                sink.accept(new Event.HostListed(host.hostname(), info, asOf, all, volumes));
              }
            });
      } catch (RuntimeException failed) {
        lost(String.valueOf(failed.getMessage()));
      }
    }

    private void lost(String why) {
      long spent = agent.spent();
      FakeEngine engine = engine();
      if (engine != null) {
        engine.unlisten(listener);
      }
      connected = false;
      session++;
      agent.later(spent, () -> sink.accept(new Event.HostLost(host.hostname(), why)));
      agent.later(spent + RETRY, this::connect);
    }

    private void ping(long of) {
      agent.later(
          PING,
          () -> {
            if (closed || of != session) {
              return;
            }
            try {
              wire().ping();
              long spent = agent.spent();
              agent.later(
                  spent,
                  () -> {
                    if (of == session) {
                      sink.accept(new Event.HostAnswered(host.hostname()));
                    }
                  });
              ping(of);
            } catch (RuntimeException silent) {
              lost("no sign of life");
            }
          });
    }

    private void resync(long of) {
      agent.later(
          RESYNC,
          () -> {
            if (!closed && of == session) {
              list();
              resync(of);
            }
          });
    }

    private void happened(String id) {
      if (!sim.canReach(agent, host.hostname()) || !sim.isAnswered(agent, host.hostname())) {
        return;
      }
      switch (sim.fate(host.hostname())) {
        case ON_TIME -> look(id, sim.latency(1, 10));
        case DROPPED -> {}
        case DELAYED -> look(id, LATE);
        case DOUBLED -> {
          look(id, sim.latency(1, 10));
          look(id, sim.latency(1, 10));
        }
        case COALESCED -> {
          together.add(id);
          return;
        }
      }
      together.forEach(earlier -> look(earlier, sim.latency(1, 10)));
      together.clear();
    }

    private void look(String id, long wait) {
      long of = session;
      agent.later(
          wait,
          () -> {
            if (closed || of != session) {
              return;
            }
            Instant asOf = agent.clock.instant();
            try {
              Container seen = wire().inspect(id);
              long spent = agent.spent();
              agent.later(
                  spent,
                  () -> {
                    if (of == session) {
                      sink.accept(new Event.ContainerSeen(host.hostname(), id, seen, asOf));
                    }
                  });
            } catch (RuntimeException failed) {
              lost(String.valueOf(failed.getMessage()));
            }
          });
    }

    void close() {
      closed = true;
      FakeEngine engine = engine();
      if (engine != null) {
        engine.unlisten(listener);
      }
    }
  }

  /** One engine as this agent reaches it. */
  private final class Wire implements EngineApi {
    private static final long DEADLINE = 8000;

    private final String host;
    private final Action.@Nullable OnHost action;

    Wire(String host, Action.@Nullable OnHost action) {
      this.host = host;
      this.action = action;
    }

    private <T> T call(String name, @Nullable String id, Supplier<T> what) {
      if (action instanceof Action.Exec run && run.hooks().equals(Hooks.PRE_STOP)) {
        sim.oracle.lastWord(run.container());
      }
      boolean changes = id != null;
      Verdict verdict = agent.verdict(host, name, changes);
      FakeEngine engine = sim.engines.get(host);
      if (engine == null || !sim.canReach(agent, host)) {
        throw silence("no route to host");
      }
      if (!engine.isUp()) {
        throw new Silence("connection refused");
      }
      switch (verdict) {
        case CRASH_BEFORE -> throw new Crashed();
        case TIMEOUT, HANG -> throw silence("no answer within the deadline");
        case RESET -> throw new Silence("connection reset");
        case NOT_FOUND -> throw new NotFoundException("page not found");
        case CONFLICT -> throw new ConflictException("conflict");
        case SERVER_ERROR -> throw new InternalServerErrorException("internal error");
        case LATE -> {
          if (changes) {
            sim.oracle.mutation(agent, host, engine, name, id, action, true);
            sim.time.after(
                sim.latency(1000, 20_000),
                () -> {
                  try {
                    if (engine.isUp()) {
                      var _ = what.get();
                    }
                  } catch (RuntimeException refused) {
                    // Nobody hears of it.
                  }
                });
          }
          throw silence("no answer within the deadline");
        }
        default -> {}
      }
      if (changes) {
        sim.oracle.mutation(agent, host, engine, name, id, action, false);
      }
      agent.spend(engine.late());
      T answer = what.get();
      switch (verdict) {
        case CRASH_AFTER -> throw new Crashed();
        case APPLIED_TIMEOUT -> throw silence("no answer within the deadline");
        case APPLIED_RESET, TRUNCATED -> throw new Silence("the answer was cut off");
        default -> {}
      }
      if (!sim.isAnswered(agent, host)) {
        throw silence("no answer within the deadline");
      }
      agent.spend(changes ? sim.latency(20, 300) : sim.latency(1, 15));
      return answer;
    }

    private Silence silence(String why) {
      agent.spend(DEADLINE);
      return new Silence(why);
    }

    private FakeEngine engine() {
      return sim.engine(host);
    }

    /** Rides along with the list: a failure of it would be the list's. */
    @Override
    public Set<String> volumes() {
      throw new IllegalStateException("asked of the engine itself");
    }

    @Override
    public List<Container> list() {
      return call("list", null, () -> engine().list());
    }

    @Override
    public @Nullable Container inspect(String idOrName) {
      return call("inspect", null, () -> engine().inspect(idOrName));
    }

    @Override
    public @Nullable Image image(String image) {
      return call("image", null, () -> engine().image(image));
    }

    @Override
    public void pull(String image, Consumer<String> progress) {
      var _ =
          call(
              "pull",
              null,
              () -> {
                engine().pull(image, progress);
                return true;
              });
      agent.spend(sim.latency(200, 3000));
    }

    @Override
    public String create(String cluster, String base, Allocation record, ContainerSpec spec) {
      return call("create", "", () -> engine().create(cluster, base, record, spec));
    }

    @Override
    public void copy(String id, List<ContainerFile> files) {
      run("copy", id, () -> engine().copy(id, files));
    }

    @Override
    public int exec(String id, Map<String, Object> exec, Duration atMost) {
      return call("exec", id, () -> engine().exec(id, exec, atMost));
    }

    @Override
    public void start(String id) {
      run("start", id, () -> engine().start(id));
    }

    @Override
    public void signal(String id, String signal) {
      run("signal " + signal, id, () -> engine().signal(id, signal));
    }

    @Override
    public void remove(String id) {
      run("remove", id, () -> engine().remove(id));
    }

    @Override
    public void setRestart(String id, RestartPolicy policy) {
      run("update", id, () -> engine().setRestart(id, policy));
    }

    @Override
    public @Nullable Map<String, String> network(String name) {
      return call("network", null, () -> engine().network(name));
    }

    @Override
    public void createNetwork(String name, Map<String, String> labels, Map<?, ?> options) {
      run("create network", name, () -> engine().createNetwork(name, labels, options));
    }

    @Override
    public void connect(String network, String id, List<String> aliases) {
      run("connect", id, () -> engine().connect(network, id, aliases));
    }

    @Override
    public List<String> networks(String cluster) {
      return call("networks", null, () -> engine().networks(cluster));
    }

    @Override
    public int users(String network) {
      return call("users", null, () -> engine().users(network));
    }

    @Override
    public void removeNetwork(String name) {
      run("remove network", name, () -> engine().removeNetwork(name));
    }

    @Override
    public void ping() {
      var _ = call("ping", null, () -> true);
    }

    private void run(String name, String id, Runnable what) {
      var _ =
          call(
              name,
              id,
              () -> {
                what.run();
                return true;
              });
    }
  }
}
