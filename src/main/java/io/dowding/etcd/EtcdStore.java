package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.control.Store;
import io.dowding.plan.Action;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** etcd, as the loop sees it. */
public final class EtcdStore implements Store {

  private final Etcd etcd;
  private final KeyWatch watch;
  private final Candidacy candidacy;
  private final boolean stands;
  private final Transactions transactions;
  private @Nullable Thread standing;

  /**
   * Who this agent is in the election.
   *
   * @param name what others call it
   * @param ttl after so long without a word of the leader another agent leads
   * @param stands false for one that only looks on
   */
  public record Agent(String name, Duration ttl, boolean stands) {}

  /**
   * @param base the base key, without a slash at its end
   */
  public EtcdStore(EtcdSettings settings, String base, Agent agent, InstantSource clock) {
    this.etcd = new Etcd(settings);
    this.watch = new KeyWatch(() -> new Etcd(settings), base);
    this.candidacy = new Candidacy(etcd, base, agent.name(), agent.ttl(), clock);
    this.stands = agent.stands();
    this.transactions = new Transactions(etcd, base, candidacy::fence);
  }

  @Override
  public void follow(Sink sink) {
    watch.start(sink);
    if (stands) {
      standing = Thread.ofVirtual().name("candidacy").start(() -> stand(sink));
    }
  }

  private void stand(Sink sink) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(candidacy.round(sink));
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void listAgain() {
    watch.listAgain();
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
    return transactions.stillHolds(basis);
  }

  @Override
  public void close() {
    watch.close();
    Thread thread = standing;
    if (thread != null) {
      thread.interrupt();
      try {
        thread.join(Duration.ofSeconds(1));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
    candidacy.resign();
    etcd.close();
  }
}
