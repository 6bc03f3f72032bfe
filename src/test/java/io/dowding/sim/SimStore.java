package io.dowding.sim;

import io.dowding.control.Event;
import io.dowding.control.Store;
import io.dowding.etcd.Candidacy;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.KeyLister;
import io.dowding.etcd.KeyWatch;
import io.dowding.etcd.Kv;
import io.dowding.etcd.Transactions;
import io.dowding.plan.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The store of one agent: the real one but for its threads, which virtual time replaces, on a
 * simulated network.
 */
final class SimStore implements Store {

  static final Duration TTL = Duration.ofSeconds(10);
  private static final String FROM = Simulation.BASE + "/";
  private static final String TO = Simulation.BASE + "/status";

  private final SimAgent agent;
  private final Kv kv;
  private final KeyLister lister = new KeyLister(Simulation.BASE);
  private final Candidacy candidacy;
  private final Transactions transactions;
  private @Nullable KeyWatch watch;
  private Kv.@Nullable Watcher watcher;
  private final Turns turns;

  SimStore(SimAgent agent) {
    this.agent = agent;
    this.turns = new Turns(agent, this::turn);
    this.kv = agent.sim.bugs.around(new SimKv(agent));
    this.candidacy = new Candidacy(kv, Simulation.BASE, agent.name, TTL, agent.clock);
    this.transactions =
        new Transactions(kv, Simulation.BASE, () -> agent.sim.bugs.fence(candidacy.fence()), 3);
  }

  @Override
  public void follow(Sink sink) {
    watch = new KeyWatch(Simulation.BASE, agent.sim.bugs::read, sink);
    turns.take();
    stand(sink);
  }

  private void stand(Sink sink) {
    agent.later(
        0, () -> agent.later(candidacy.round(sink).toMillis() + agent.spent(), () -> stand(sink)));
  }

  @Override
  public void listAgain() {
    agent.later(0, () -> signal(KeyWatch::listAgain));
  }

  private void signal(Consumer<KeyWatch> what) {
    attempt(() -> what.accept(watch));
    turns.take();
  }

  private void turn() {
    attempt(
        () -> {
          switch (watch.next(agent.clock.instant())) {
            case KeyWatch.Step.Wait(Instant until) -> turns.at(until);
            case KeyWatch.Step.ListAll _ -> {
              drop();
              KeyLister.Listing listing = lister.list(kv, true);
              turns.then(() -> watch.listed(listing));
            }
            case KeyWatch.Step.Watch(long from, long attempt) -> {
              watcher = kv.watch(FROM, TO, from, reporting(attempt));
              turns.take();
            }
            case KeyWatch.Step.RequestProgress _ -> {
              watcher.requestProgress();
              turns.take();
            }
          }
        });
  }

  private void attempt(Runnable what) {
    try {
      what.run();
    } catch (EtcdException trouble) {
      turns.then(() -> watch.failed(trouble, agent.clock.instant()));
    }
  }

  private void drop() {
    if (watcher != null) {
      watcher.close();
      watcher = null;
    }
  }

  private Kv.Watching reporting(long attempt) {
    return new Kv.Watching() {
      @Override
      public void changed(long revision, List<Kv.Change> changes) {
        signal(watch -> watch.changed(attempt, revision, changes, agent.clock.instant()));
      }

      @Override
      public void ended(String why) {
        signal(watch -> watch.ended(attempt, why));
      }
    };
  }

  @Override
  public Event.Allocated allocate(Action.Allocate action) {
    return transactions.allocate(action);
  }

  @Override
  public Event.PinWritten writePin(Action.WritePin action) {
    return transactions.writePin(action);
  }

  @Override
  public Event.Written write(Action.Write action) {
    return transactions.write(action);
  }

  @Override
  public Event.Claimed claim(Action.Claim action) {
    return transactions.claim(action);
  }

  @Override
  public boolean stillHolds(Action.Basis basis) {
    return agent.sim.bugs.stillHolds(transactions.stillHolds(basis));
  }

  @Override
  public void close() {
    drop();
    candidacy.resign();
  }
}
