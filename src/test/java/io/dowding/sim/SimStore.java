package io.dowding.sim;

import io.dowding.control.Event;
import io.dowding.control.Store;
import io.dowding.etcd.Candidacy;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.KeyLister;
import io.dowding.etcd.Kv;
import io.dowding.etcd.Transactions;
import io.dowding.etcd.WatchReader;
import io.dowding.plan.Action;
import java.time.Duration;
import java.util.List;

/**
 * The store of one agent: the real transactions, candidacy and reading of keys, on a simulated
 * network; only the threads that list, watch and renew are replaced by virtual time.
 */
final class SimStore implements Store {

  static final Duration TTL = Duration.ofSeconds(10);
  private static final long RETRY = 300;
  private static final long PROGRESS = 9000;

  private final SimAgent agent;
  private final Kv kv;
  private final KeyLister lister = new KeyLister(Simulation.BASE);
  private final Candidacy candidacy;
  private final Transactions transactions;
  private Sink sink = event -> {};
  private Kv.Watcher watcher;
  private boolean busy;
  private boolean wanted;
  private long listedAt;
  private long attempt;
  private long lastHeard;

  SimStore(SimAgent agent) {
    this.agent = agent;
    this.kv = agent.sim.bugs.around(new SimKv(agent));
    this.candidacy = new Candidacy(kv, Simulation.BASE, agent.name, TTL, agent.clock);
    this.transactions =
        new Transactions(kv, Simulation.BASE, () -> agent.sim.bugs.fence(candidacy.fence()), 3);
  }

  @Override
  public void follow(Sink to) {
    sink = to;
    connect();
    stand();
  }

  private void stand() {
    agent.later(
        0, () -> agent.later(candidacy.round(sink).toMillis() + agent.spent(), this::stand));
  }

  @Override
  public void listAgain() {
    wanted = true;
    drop();
    agent.later(1, this::connect);
  }

  private void drop() {
    attempt++;
    if (watcher != null) {
      watcher.close();
      watcher = null;
    }
  }

  private void connect() {
    if (busy) {
      return;
    }
    busy = true;
    wanted = false;
    drop();
    try {
      list();
      long spent = agent.spent();
      agent.later(
          spent,
          () -> {
            busy = false;
            if (wanted) {
              connect();
            } else {
              watch();
            }
          });
    } catch (EtcdException away) {
      long spent = agent.spent();
      agent.later(
          spent,
          () -> {
            busy = false;
            sink.accept(new Event.StoreLost(String.valueOf(away.getMessage())));
          });
      agent.later(spent + RETRY, this::connect);
    }
  }

  private void list() {
    KeyLister.Listing listing = lister.list(kv, true);
    listedAt = listing.revision();
    long spent = agent.spent();
    agent.spend(spent);
    agent.later(
        spent,
        () ->
            sink.accept(
                new Event.StoreListed(listing.revision(), listing.keys(), listing.recalled())));
  }

  private void watch() {
    long present = ++attempt;
    WatchReader reader = new WatchReader(Simulation.BASE, listedAt);
    lastHeard = agent.sim.time.now();
    watcher =
        kv.watch(
            Simulation.BASE + "/",
            Simulation.BASE + "/status",
            listedAt + 1,
            new Kv.Watching() {
              @Override
              public void changed(long revision, List<Kv.Change> changes) {
                if (present == attempt) {
                  lastHeard = agent.sim.time.now();
                  deliver(reader, revision, changes);
                }
              }

              @Override
              public void ended(String why) {
                if (present == attempt) {
                  trouble(why);
                }
              }
            });
    progress(present);
  }

  private void progress(long present) {
    agent.later(
        PROGRESS,
        () -> {
          if (present != attempt) {
            return;
          }
          if (agent.sim.time.now() - lastHeard > 2 * PROGRESS) {
            trouble("the watch fell silent");
          } else {
            watcher.requestProgress();
            progress(present);
          }
        });
  }

  private void trouble(String why) {
    drop();
    sink.accept(new Event.StoreLost(why));
    agent.later(RETRY, this::connect);
  }

  private void deliver(WatchReader reader, long revision, List<Kv.Change> changes) {
    try {
      Event.StoreChanged changed = agent.sim.bugs.read(reader, revision, changes);
      if (!changes.isEmpty()) {
        sink.accept(changed);
      }
    } catch (EtcdException old) {
      trouble(String.valueOf(old.getMessage()));
    }
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
  public Event.Published publish(Action.Publish action) {
    return transactions.publish(action);
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
