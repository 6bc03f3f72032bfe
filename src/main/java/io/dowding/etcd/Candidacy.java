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
 * This agent's candidacy, in the form of etcd's own election: a key below {@code leader/}, bound to
 * a lease that this class renews. Whoever watches these keys can tell which candidate leads. The
 * time until which the lease certainly lasts is counted from before each request, by a monotonic
 * clock, not from what jetcd reports. Thread-safe except for {@link #round}.
 */
public final class Candidacy {

  /** This fraction of the lease is left unused, because clocks run at different speeds. */
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
   * @param name what others see as this agent's name
   * @param ttl of the lease, at least a second
   */
  public Candidacy(Kv kv, String base, String name, Duration ttl, InstantSource clock) {
    this.kv = kv;
    this.prefix = base + "/leader/";
    this.name = name;
    this.ttl = ttl;
    this.clock = clock;
  }

  /** A condition that holds while this agent is a candidate; null while it is not. */
  public @Nullable Compare fence() {
    Candidate present = candidate;
    return present == null ? null : new Compare.Created(prefix + present.key, present.created);
  }

  /**
   * Becomes or stays a candidate.
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
        return lost("the lease expired", sink);
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

  /**
   * Stops being a candidate. The next round stands again.
   *
   * @return how long until then at least
   */
  public Duration withdraw(String why, Sink sink) {
    if (candidate != null) {
      lost(why, sink);
    }
    return RETRY;
  }

  /** The lease may last longer than this agent knows; a new candidacy then queues behind it. */
  private Duration failed(String why, Sink sink) {
    Instant end = until;
    return end != null && !clock.instant().isBefore(end) ? lost(why, sink) : RETRY;
  }

  private void stand(Instant sent, Sink sink) {
    // If an earlier attempt lost its answer, its key would be ahead of the new one.
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
      throw new EtcdException("a lease with this id existed before");
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

  /**
   * Gives up the candidacy immediately, so that no other agent has to wait for the lease to expire.
   */
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
      // The lease expires by itself.
    }
    lease = 0;
  }
}
