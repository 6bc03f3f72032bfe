package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.control.Store.Sink;
import io.dowding.etcd.Kv.Compare;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * This agent's candidacy, as etcd's own election does it: a key below {@code leader/}, bound to a
 * lease that this renews. Who of the candidates leads is read from those keys by whoever watches
 * them. Until when the lease surely lasts is counted from before it was asked for, by a clock that
 * never steps, and not by what jetcd thinks of it. Thread-safe but for {@link #round}.
 */
public final class Candidacy {

  /** So much of a lease's time is not used, for clocks that do not run alike. */
  private static final int MARGIN_DIVISOR = 5;

  private static final int RENEWALS_PER_TTL = 3;
  private static final Duration RETRY = Duration.ofMillis(500);

  private final Kv kv;
  private final String prefix;
  private final String name;
  private final Duration ttl;
  private final InstantSource clock;
  private long lease;
  private @Nullable Instant until;
  private volatile @Nullable Candidate candidate;

  private record Candidate(String key, long created) {}

  /**
   * @param name what others call this agent
   * @param ttl of the lease, at least a second
   */
  public Candidacy(Kv kv, String base, String name, Duration ttl, InstantSource clock) {
    this.kv = kv;
    this.prefix = base + "/leader/";
    this.name = name;
    this.ttl = ttl;
    this.clock = clock;
  }

  /** Holds while this agent is a candidate; null while it is none. */
  public @Nullable Compare fence() {
    Candidate present = candidate;
    return present == null ? null : new Compare.Created(prefix + present.key, present.created);
  }

  /**
   * Becomes a candidate, or stays one.
   *
   * @return how long until the next round
   */
  public Duration round(Sink sink) {
    Instant sent = clock.instant();
    try {
      Candidate present = candidate;
      if (present == null) {
        stand(sent, sink);
      } else if (!kv.renew(lease, ttl.dividedBy(RENEWALS_PER_TTL))) {
        return lost("the lease is over", sink);
      } else if (isGone(present)) {
        return lost("the key of its candidacy was deleted", sink);
      } else {
        stands(present, sent, sink);
      }
      Duration spent = Duration.between(sent, clock.instant());
      Duration rest = ttl.dividedBy(RENEWALS_PER_TTL).minus(spent);
      return rest.isNegative() ? Duration.ZERO : rest;
    } catch (EtcdException unanswered) {
      return failed("etcd did not answer in time: " + unanswered.getMessage(), sink);
    } catch (RuntimeException | Error bug) {
      failed("internal error: " + bug, sink);
      throw bug;
    }
  }

  /** The lease may last longer than is known; what is begun again then waits behind it. */
  private Duration failed(String why, Sink sink) {
    Instant end = until;
    return end != null && !clock.instant().isBefore(end) ? lost(why, sink) : RETRY;
  }

  private void stand(Instant sent, Sink sink) {
    // Of an attempt whose answer was lost: its key would stand before this one.
    abandon();
    long granted = kv.grant(ttl);
    lease = granted;
    String key = Long.toHexString(granted);
    String value = Json.candidate(name, sent);
    Kv.Committed put =
        kv.commit(
            List.of(new Compare.Created(prefix + key, 0)),
            List.of(new Kv.Write.Put(prefix + key, value, granted)));
    if (!put.succeeded()) {
      throw new EtcdException("a lease of this number was there before");
    }
    Candidate made = new Candidate(key, put.revision());
    candidate = made;
    stands(made, sent, sink);
  }

  private void stands(Candidate present, Instant sent, Sink sink) {
    Instant end = sent.plus(ttl).minus(ttl.dividedBy(MARGIN_DIVISOR));
    until = end;
    sink.accept(new Event.Standing(present.key, present.created, end));
  }

  private boolean isGone(Candidate present) {
    Kv.Entry entry = kv.get(prefix + present.key);
    return entry == null || entry.created() != present.created;
  }

  private Duration lost(String why, Sink sink) {
    candidate = null;
    until = null;
    sink.accept(new Event.NotStanding(why));
    abandon();
    return Duration.ZERO;
  }

  /** Gives the candidacy away at once, so that another need not wait for the lease's end. */
  public void resign() {
    candidate = null;
    abandon();
  }

  private void abandon() {
    if (lease == 0) {
      return;
    }
    try {
      kv.revoke(lease);
    } catch (EtcdException unanswered) {
      // Then it ends by itself.
    }
    lease = 0;
  }
}
