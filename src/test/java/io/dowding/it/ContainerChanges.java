package io.dowding.it;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until a container on one of these hosts starts, ends or changes its health. Who looks then
 * sees short states without looking all the time.
 */
final class ContainerChanges implements AutoCloseable {

  private static final Duration BEFORE_RETRY = Duration.ofMillis(200);

  private final Semaphore changes = new Semaphore(0);
  private final List<Thread> followers = new ArrayList<>();

  ContainerChanges(List<TestHost> hosts) {
    for (TestHost host : hosts) {
      followers.add(Thread.ofVirtual().start(() -> follow(host)));
    }
  }

  private void follow(TestHost host) {
    while (!Thread.currentThread().isInterrupted()) {
      try (var events = new Events()) {
        host.docker()
            .eventsCmd()
            .withEventTypeFilter(EventType.CONTAINER)
            .withEventFilter("create", "start", "die", "destroy", "health_status")
            .exec(events)
            .awaitCompletion();
      } catch (InterruptedException closed) {
        return;
      } catch (Exception engineIsAway) {
        // The next attempt may find it.
      }
      LockSupport.parkNanos(BEFORE_RETRY.toNanos());
    }
  }

  private final class Events extends ResultCallback.Adapter<Event> {
    @Override
    public void onNext(Event event) {
      changes.release();
    }
  }

  /** Waits for a change since the last call. */
  void await(Duration atMost) throws InterruptedException {
    if (changes.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
      changes.drainPermits();
    }
  }

  @Override
  public void close() {
    followers.forEach(Thread::interrupt);
  }
}
