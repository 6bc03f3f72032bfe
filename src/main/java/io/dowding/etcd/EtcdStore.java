package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.control.Pulses;
import io.dowding.control.Pulses.Pulse;
import io.dowding.control.Store;
import io.dowding.control.Tireless;
import io.dowding.plan.Action;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Implements the loop's view of etcd. */
public final class EtcdStore implements Store {

  private static final Logger log = LoggerFactory.getLogger("dowding");
  private static final Duration RETRY = Duration.ofMillis(500);

  /** Each call has a deadline. A list of all keys is many calls, with a beat after each. */
  private static final Duration LONGEST_ROUND = Duration.ofSeconds(30);

  private final Kv etcd;
  private final KeyWatchThread watch;
  private final Candidacy candidacy;
  private final Agent self;
  private final Pulses pulses;
  private final Pulse watching;
  private final Transactions transactions;
  private @Nullable Thread standing;

  /**
   * This agent in the election.
   *
   * @param name what others see as its name
   * @param ttl another agent takes over after this long without a renewal
   * @param stands whether it is a candidate; false for an observer
   */
  public record Agent(String name, Duration ttl, boolean stands) {}

  /**
   * @param base the base key, without a trailing slash
   */
  public EtcdStore(
      EtcdSettings settings, String base, Agent agent, InstantSource clock, Pulses pulses) {
    this(sealed(settings, base, agent), base, agent, clock, pulses);
  }

  private static Function<Runnable, Kv> sealed(EtcdSettings settings, String base, Agent agent) {
    AtomicBoolean told = new AtomicBoolean(!agent.stands());
    Consumer<String> onPlain =
        key -> {
          if (!told.getAndSet(true)) {
            log.warn(
                "{} is not encrypted in etcd; encrypt it and any others: dowding secret rotate",
                key);
          }
        };
    Function<Runnable, Kv> clients = Etcd.clients(settings);
    return paged -> new SealedKv(clients.apply(paged), base, settings.encryption(), onPlain);
  }

  /**
   * @param clients creates a new client, which runs this after each page of a list
   */
  EtcdStore(
      Function<Runnable, Kv> clients,
      String base,
      Agent agent,
      InstantSource clock,
      Pulses pulses) {
    this.etcd = clients.apply(() -> {});
    this.watching = pulses.vital("watch", LONGEST_ROUND);
    this.watch = new KeyWatchThread(() -> clients.apply(watching::beat), base, clock);
    this.candidacy = new Candidacy(etcd, base, agent.name(), agent.ttl(), clock);
    this.self = agent;
    this.pulses = pulses;
    this.transactions = new Transactions(etcd, base, candidacy::fence);
  }

  @Override
  public void follow(Sink sink) {
    watch.start(sink, watching::around);
    if (self.stands()) {
      Pulse pulse = pulses.vital("candidacy", LONGEST_ROUND.plus(self.ttl()));
      standing =
          Tireless.start(
              // Not virtual: it must not queue behind thousands of calls to hosts.
              Thread.ofPlatform().daemon().name("candidacy"),
              RETRY,
              pulse.around(() -> Thread.sleep(stand(sink))),
              bug -> log.error("this agent's candidacy failed", bug));
    }
  }

  /** An agent that decides nothing must not lead: another one can. */
  private Duration stand(Sink sink) {
    Set<String> hanging = pulses.silentVitals().keySet();
    return hanging.isEmpty()
        ? candidacy.round(sink)
        : candidacy.withdraw("a thread hangs: " + String.join(", ", hanging), sink);
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
  public Event.Written write(Action.Write action) {
    return transactions.write(action);
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
