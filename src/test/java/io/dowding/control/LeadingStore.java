package io.dowding.control;

import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.plan.Action;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** An etcd in which this agent leads. */
final class LeadingStore implements Store {
  private Sink sink = event -> {};
  private final Set<String> written = ConcurrentHashMap.newKeySet();

  /** The keys that this agent wrote. */
  Set<String> written() {
    return written;
  }

  @Override
  public void follow(Sink to) {
    sink = to;
    sink.accept(new Event.Standing("me", 2, Instant.MAX));
    listAgain();
  }

  @Override
  public void listAgain() {
    List<StoreChange> keys =
        List.of(new StoreChange.OfCluster("uuid", 0, 1), new StoreChange.OfLeader("me", true, 2));
    sink.accept(new Event.StoreListed(12, keys, Recalled.NOTHING));
  }

  @Override
  public Event.Allocated allocate(Action.Allocate action) {
    return new Event.Allocated(action, -1);
  }

  @Override
  public Event.PinWritten writePin(Action.WritePin action) {
    return new Event.PinWritten(action, false);
  }

  @Override
  public Event.Written write(Action.Write action) {
    written.addAll(action.values().keySet());
    return new Event.Written(action, true);
  }

  @Override
  public Event.Claimed claim(Action.Claim action) {
    return new Event.Claimed(action, true);
  }

  @Override
  public boolean stillHolds(Action.Basis basis) {
    return true;
  }

  @Override
  public void close() {}
}
