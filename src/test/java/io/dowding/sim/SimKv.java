package io.dowding.sim;

import io.dowding.etcd.EtcdException;
import io.dowding.etcd.Kv;
import io.dowding.sim.Faults.Crashed;
import io.dowding.sim.Faults.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** etcd as one agent reaches it: with the faults of its calls, and a network between. */
final class SimKv implements Kv {

  private static final long DEADLINE = 5000;
  private static final long REDIAL = 200;
  private static final long KEEPALIVE = 12_000;
  private static final long LATE = 5000;
  private static final long CATCHING_UP = 300;

  private final SimAgent agent;
  private final Simulation sim;

  /** The one it is connected to. */
  private int member;

  SimKv(SimAgent agent) {
    this.agent = agent;
    this.sim = agent.sim;
  }

  private <T> T call(String name, boolean changes, Supplier<T> what) {
    Verdict verdict = agent.verdict("etcd", name, changes);
    if (!sim.canReach(agent, "etcd")) {
      agent.spend(DEADLINE);
      throw new EtcdException("etcd did not answer within 5000 ms");
    }
    if (!sim.etcd.members.isUp(member)) {
      agent.spend(REDIAL);
      member = sim.etcd.members.next(member);
    }
    boolean reply = sim.isAnswered(agent, "etcd");
    switch (verdict) {
      case CRASH_BEFORE -> throw new Crashed();
      case TIMEOUT, HANG -> {
        agent.spend(DEADLINE);
        throw new EtcdException("etcd did not answer within 5000 ms");
      }
      case RESET -> throw new EtcdException("etcd: connection reset by peer");
      case NOT_FOUND, CONFLICT, SERVER_ERROR ->
          throw new EtcdException("etcd: UNAVAILABLE: etcdserver: request timed out");
      default -> {}
    }
    if (!changes && (verdict == Verdict.LATE)) {
      agent.spend(DEADLINE);
      throw new EtcdException("etcd did not answer within 5000 ms");
    }
    if (verdict == Verdict.LATE) {
      sim.time.after(3000, () -> late(what));
      agent.spend(DEADLINE);
      throw new EtcdException("etcd did not answer within 5000 ms");
    }
    T answer = what.get();
    sim.etcdChanged();
    switch (verdict) {
      case CRASH_AFTER -> throw new Crashed();
      case APPLIED_TIMEOUT -> {
        agent.spend(DEADLINE);
        throw new EtcdException("etcd did not answer within 5000 ms");
      }
      case APPLIED_RESET, TRUNCATED -> throw new EtcdException("etcd: connection reset by peer");
      default -> {}
    }
    if (!reply) {
      agent.spend(DEADLINE);
      throw new EtcdException("etcd did not answer within 5000 ms");
    }
    agent.spend(sim.latency(1, 8));
    return answer;
  }

  private <T> void late(Supplier<T> what) {
    try {
      var _ = what.get();
      sim.etcdChanged();
    } catch (EtcdException refused) {
      // Nobody hears of it.
    }
  }

  @Override
  public Listing range(String from, String end, long at) {
    return call(
        "range",
        false,
        () -> {
          if (at == 0) {
            sim.whenRead.accept(sim.etcd.revision());
          }
          long back = at == 0 ? sim.staleness() : 0;
          long then = back == 0 ? at : Math.max(1, sim.etcd.revision() - back);
          try {
            return sim.etcd.range(from, end, then);
          } catch (EtcdException compacted) {
            return sim.etcd.range(from, end, at);
          }
        });
  }

  @Override
  public Committed commit(List<Compare> compares, List<Write> writes) {
    return call(
        writes.isEmpty() ? "ask" : "commit",
        !writes.isEmpty(),
        () -> {
          Committed answer = sim.etcd.commit(compares, writes);
          if (answer.succeeded() && !writes.isEmpty()) {
            sim.oracle.committed(agent, writes);
          }
          return answer;
        });
  }

  @Override
  public long grant(Duration ttl) {
    long sent = sim.time.now();
    long lease = call("grant", true, () -> sim.etcd.grant(ttl));
    agent.renewed(sent);
    return lease;
  }

  @Override
  public boolean renew(long lease, Duration deadline) {
    long sent = sim.time.now();
    boolean there = call("renew", true, () -> sim.etcd.renew(lease));
    if (there) {
      agent.renewed(sent);
    }
    return there;
  }

  @Override
  public void revoke(long lease) {
    call(
        "revoke",
        true,
        () -> {
          sim.etcd.revoke(lease);
          return true;
        });
  }

  @Override
  public Watcher watch(String from, String end, long at, Watching watching) {
    Delayed delayed = new Delayed(watching);
    if (!sim.canReach(agent, "etcd")) {
      sim.time.after(KEEPALIVE, () -> delayed.ended("keepalive failed"));
      return delayed;
    }
    delayed.real = sim.etcd.watch(from, end, at, delayed);
    if (sim.etcd.members.catchesUp(member)) {
      // Old news of candidacies would have the agent list again, and so find out.
      sim.etcd.changesBefore(from, end, at).stream()
          .filter(change -> !change.key().startsWith(Simulation.BASE + "/leader/"))
          .forEach(delayed::tellOld);
    }
    return delayed;
  }

  @Override
  public void close() {
    // Nothing is open.
  }

  /** Tells what a watch tells a little later, in order; nothing more once the network is cut. */
  private final class Delayed implements Watching, Watcher {
    private final Watching watching;
    private Watcher real;
    private long notBefore;
    private final int life = agent.life;
    private final int from = member;
    private boolean closed;
    private boolean silent;

    /** What is to be told as one with what comes next. */
    private final List<Change> together = new ArrayList<>();

    Delayed(Watching watching) {
      this.watching = watching;
    }

    private void later(Runnable what) {
      long lag = sim.etcd.members.lag(from);
      notBefore = Math.max(notBefore, sim.time.now() + sim.newsDelay + lag + sim.latency(1, 10));
      agent.later(
          notBefore - sim.time.now(),
          () -> {
            if (!closed && agent.isLife(life)) {
              what.run();
            }
          });
    }

    @Override
    public void changed(long revision, List<Change> changes) {
      if (!agent.isLife(life)) {
        close();
        return;
      }
      if (!isServed() || !sim.isAnswered(agent, "etcd")) {
        cut();
        return;
      }
      if (changes.isEmpty()) {
        tell(revision, changes);
        return;
      }
      switch (sim.fate("etcd")) {
        case ON_TIME -> tell(revision, changes);
        case DROPPED -> silent = true;
        case DELAYED -> {
          notBefore = Math.max(notBefore, sim.time.now() + LATE);
          tell(revision, changes);
        }
        case DOUBLED -> {
          tell(revision, changes);
          tell(revision, changes);
        }
        case COALESCED -> {
          together.addAll(changes);
          sim.time.after(LATE, () -> tell(sim.etcd.revision(), List.of()));
        }
      }
    }

    private void tell(long revision, List<Change> changes) {
      if (silent) {
        return;
      }
      List<Change> all = new ArrayList<>(together);
      all.addAll(changes);
      together.clear();
      later(() -> watching.changed(revision, all));
    }

    /** As a member does that catches up: one after the other, all with today's revision. */
    void tellOld(Change change) {
      tell(sim.etcd.revision(), List.of(change));
      notBefore += CATCHING_UP;
    }

    private boolean isServed() {
      return sim.canReach(agent, "etcd") && sim.etcd.members.isUp(from);
    }

    private void cut() {
      close();
      closed = false;
      notBefore = sim.time.now() + KEEPALIVE;
      later(() -> watching.ended("keepalive failed"));
    }

    @Override
    public void ended(String why) {
      later(() -> watching.ended(why));
    }

    @Override
    public void requestProgress() {
      if (real != null && isServed()) {
        real.requestProgress();
      } else {
        cut();
      }
    }

    @Override
    public void close() {
      closed = true;
      if (real != null) {
        real.close();
      }
    }
  }
}
