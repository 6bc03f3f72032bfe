package io.dowding.it;

import io.dowding.cli.Agent;
import io.dowding.cli.Config;
import io.dowding.control.Engines;
import io.dowding.control.Event;
import io.dowding.control.Store;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * An agent process that kills itself with SIGKILL at a chosen point, or runs until it is killed.
 */
final class CrashingAgent {

  private CrashingAgent() {}

  /** The points at which the agent can crash. */
  enum Point {
    AFTER_RECORD,
    DURING_PULL,
    AFTER_CREATE,
    AFTER_START,
    DURING_STOP,
    AFTER_REMOVAL,
    NEVER
  }

  public static void main(String[] arguments) throws InterruptedException {
    Point point = Point.valueOf(arguments[1]);
    Agent agent =
        Agent.start(
            Config.read(Path.of(arguments[0]), Map.of()),
            false,
            store -> new CrashingStore(store, point),
            engines -> new CrashingEngines(engines, point));
    Runtime.getRuntime().addShutdownHook(new Thread(agent::close));
    new CountDownLatch(1).await();
  }

  private static void die() {
    Runtime.getRuntime().halt(137);
  }

  private record CrashingStore(Store real, Point point) implements Store {
    @Override
    public void follow(Sink sink) {
      real.follow(sink);
    }

    @Override
    public Event.Allocated allocate(Action.Allocate action) {
      Event.Allocated result = real.allocate(action);
      if (point == Point.AFTER_RECORD) {
        die();
      }
      return result;
    }

    @Override
    public Event.PinWritten writePin(Action.WritePin action) {
      return real.writePin(action);
    }

    @Override
    public Event.Written write(Action.Write action) {
      return real.write(action);
    }

    @Override
    public void listAgain() {
      real.listAgain();
    }

    @Override
    public Event.Claimed claim(Action.Claim action) {
      return real.claim(action);
    }

    @Override
    public boolean stillHolds(Action.Basis basis) {
      return real.stillHolds(basis);
    }

    @Override
    public void close() {
      real.close();
    }
  }

  private record CrashingEngines(Engines real, Point point) implements Engines {
    @Override
    public void follow(Collection<Host> hosts, Store.Sink sink) {
      real.follow(hosts, sink);
    }

    @Override
    public Event.Outcome perform(Action.OnHost action, @Nullable Duration atMost) {
      if (point == Point.DURING_PULL && action instanceof Action.Pull) {
        Thread.startVirtualThread(() -> real.perform(action, atMost));
        java.util.concurrent.locks.LockSupport.parkNanos(30_000_000);
        die();
      }
      Event.Outcome outcome = real.perform(action, atMost);
      boolean now =
          switch (action) {
            case Action.Create _ -> point == Point.AFTER_CREATE;
            case Action.Start _ -> point == Point.AFTER_START;
            case Action.Signal _ -> point == Point.DURING_STOP;
            case Action.Remove _ -> point == Point.AFTER_REMOVAL;
            case Action.Pull _,
                Action.Resolve _,
                Action.SetRestart _,
                Action.Look _,
                Action.Exec _,
                Action.Connect _ ->
                false;
          };
      if (now) {
        die();
      }
      return outcome;
    }

    @Override
    public void close() {
      real.close();
    }
  }
}
