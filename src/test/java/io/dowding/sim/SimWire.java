package io.dowding.sim;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.dowding.docker.EngineApi;
import io.dowding.docker.Session;
import io.dowding.model.EngineInfo;
import io.dowding.model.Hooks;
import io.dowding.plan.Action;
import io.dowding.sim.Faults.Crashed;
import io.dowding.sim.Faults.Silence;
import io.dowding.sim.Faults.Verdict;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The way from one agent to one engine: with the faults of its calls, and a network between. */
final class SimWire implements Session.Link, Session.Limit {

  private static final Set<String> CHANGES =
      Set.of(
          "create",
          "copy",
          "exec",
          "start",
          "signal",
          "remove",
          "setRestart",
          "createNetwork",
          "connect",
          "removeNetwork");

  private final SimAgent agent;
  private final Simulation sim;
  private final String host;
  private final Action.@Nullable OnHost action;
  private final EngineApi engine;

  /** When silence is noticed, in milliseconds that are spent. */
  private long deadline;

  /**
   * @param action for which calls are made, or null
   */
  SimWire(SimAgent agent, String host, Action.@Nullable OnHost action) {
    this.agent = agent;
    this.sim = agent.sim;
    this.host = host;
    this.action = action;
    EngineApi real =
        (EngineApi)
            Proxy.newProxyInstance(
                EngineApi.class.getClassLoader(),
                new Class<?>[] {EngineApi.class},
                (proxy, method, arguments) -> asked(method, arguments));
    this.engine = action == null ? real : sim.bugs.around(real);
  }

  @Override
  public EngineApi engine() {
    return engine;
  }

  @Override
  public EngineInfo info() {
    return FakeInfo.of(sim.engine(host).id());
  }

  @Override
  public void refresh() {
    // It is always read again.
  }

  @Override
  public <T> T within(Duration limit, Callable<T> call) throws Exception {
    // No request of a call waits longer than this for its answer.
    Duration most = Simulation.DOCKER.call();
    deadline = agent.peekSpent() + (limit.compareTo(most) < 0 ? limit : most).toMillis();
    return call.call();
  }

  /** The engine, if the network leads to it and it is up. */
  FakeEngine reach() {
    FakeEngine there = sim.engines.get(host);
    if (there == null || !sim.canReach(agent, host)) {
      throw silence("no route to host");
    }
    if (!there.isUp()) {
      throw new Silence("connection refused");
    }
    return there;
  }

  private Silence silence(String why) {
    agent.spend(Math.max(0, deadline - agent.peekSpent()));
    return new Silence(why);
  }

  private @Nullable Object asked(Method method, Object @Nullable [] arguments) {
    String asked = method.getName();
    if (asked.equals("volumes")) {
      // Rides along with the list: a failure of it would be the list's.
      return sim.engine(host).volumes();
    }
    Object[] given = arguments == null ? new Object[0] : arguments;
    String name =
        switch (asked) {
          case "signal" -> "signal " + given[1];
          case "setRestart" -> "update";
          case "createNetwork" -> "create network";
          case "removeNetwork" -> "remove network";
          default -> asked;
        };
    String id =
        switch (asked) {
          case "create" -> "";
          case "connect" -> (String) given[1];
          default -> CHANGES.contains(asked) ? (String) given[0] : null;
        };
    Object answer = call(name, id, there -> invoke(method, there, arguments));
    if (asked.equals("pull")) {
      agent.spend(sim.latency(200, 3000));
    }
    return answer;
  }

  private static @Nullable Object invoke(
      Method method, FakeEngine there, Object @Nullable [] arguments) {
    try {
      return method.invoke(there, arguments);
    } catch (InvocationTargetException refused) {
      throw refused.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(refused);
    } catch (IllegalAccessException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private @Nullable Object call(
      String name, @Nullable String id, Function<FakeEngine, @Nullable Object> what) {
    if (action instanceof Action.Exec run && run.hooks().equals(Hooks.PRE_STOP)) {
      sim.oracle.lastWord(run.container());
    }
    boolean changes = id != null;
    Verdict verdict = agent.verdict(host, name, changes);
    FakeEngine engine = reach();
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
                    var _ = what.apply(engine);
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
    Object answer = what.apply(engine);
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
}
