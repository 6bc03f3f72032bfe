package io.dowding.etcd;

import io.dowding.control.Event;
import io.dowding.control.Store.Sink;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides how the keys are followed, so that they are always known or reported as unknown. It lists
 * all keys at one revision, then watches from the next; after any trouble it starts over with a
 * list. Resuming the watch after the last event would be cheaper, but would miss what was written
 * to an etcd that was restored from a backup: once that has caught up with the old revision, only
 * the keys can show it.
 *
 * <p>jetcd's own resumption is not trusted either: it resumes from the newest header it has seen,
 * which may be ahead of events that it has not delivered.
 *
 * <p>Has no clock and makes no calls, so that it runs on a thread and in virtual time alike. Not
 * thread-safe.
 */
public final class KeyWatch {

  private static final Duration PROGRESS = Duration.ofSeconds(3);
  private static final int SILENT_ROUNDS = 2;
  private static final Duration PAUSE = Duration.ofMillis(300);

  /** In tests, an old client needed half a minute after a long outage; a new one needed none. */
  private static final int FAILURES_BEFORE_NEW_CLIENT = 5;

  private final String base;
  private final Reading reading;
  private final Sink sink;
  private @Nullable WatchReader reader;
  private boolean watching;
  private boolean listWanted;
  private boolean clientWanted;
  private long listedAt;
  private long attempt;
  private int failures;
  private int silent;
  private Instant retry = Instant.MIN;
  private Instant nextProgress = Instant.MAX;

  /** What to do now. */
  public sealed interface Step {

    /** Nothing, until then or until there is a signal. */
    record Wait(Instant until) implements Step {}

    /**
     * End the watch, if there is one, and list all keys.
     *
     * @param newClient whether to replace the client first
     */
    record ListAll(boolean newClient) implements Step {}

    /**
     * Start a watch.
     *
     * @param from the first revision
     * @param attempt to pass on with what the watch reports
     */
    record Watch(long from, long attempt) implements Step {}

    /** Ask the watch for a sign of life. */
    record RequestProgress() implements Step {}
  }

  /** How a watch's events are read. */
  @FunctionalInterface
  public interface Reading {
    Event.StoreChanged read(WatchReader reader, long header, List<Kv.Change> changes);
  }

  /**
   * @param base the base key, without a trailing slash
   */
  public KeyWatch(String base, Reading reading, Sink sink) {
    this.base = base;
    this.reading = reading;
    this.sink = sink;
  }

  /**
   * The next step. After a list, {@link #listed} must be called; after any failure, {@link
   * #failed}.
   *
   * @throws EtcdException if the watch has been silent for too long
   */
  public Step next(Instant now) {
    if (now.isBefore(retry)) {
      return new Step.Wait(retry);
    }
    if (reader == null || listWanted) {
      boolean newClient = clientWanted;
      clientWanted = false;
      // Reset first, so that a request during the list causes another one.
      listWanted = false;
      forget();
      return new Step.ListAll(newClient);
    }
    if (!watching) {
      watching = true;
      silent = 0;
      nextProgress = now.plus(PROGRESS);
      return new Step.Watch(listedAt + 1, attempt);
    }
    if (now.isBefore(nextProgress)) {
      return new Step.Wait(nextProgress);
    }
    if (++silent > SILENT_ROUNDS) {
      throw new EtcdException("the watch fell silent");
    }
    nextProgress = now.plus(PROGRESS);
    return new Step.RequestProgress();
  }

  private void forget() {
    reader = null;
    watching = false;
    // Late reports of earlier watches are dropped.
    attempt++;
  }

  public void listed(KeyLister.Listing listing) {
    listedAt = listing.revision();
    reader = new WatchReader(base, listedAt);
    sink.accept(new Event.StoreListed(listing.revision(), listing.keys(), listing.recalled()));
  }

  /**
   * A watch reported changes, or nothing as a sign of life.
   *
   * @throws EtcdException if a new list is needed
   */
  public void changed(long of, long revision, List<Kv.Change> changes, Instant now) {
    WatchReader present = reader;
    if (of != attempt || present == null) {
      return;
    }
    silent = 0;
    failures = 0;
    nextProgress = now.plus(PROGRESS);
    Event.StoreChanged changed = reading.read(present, revision, changes);
    if (!changes.isEmpty()) {
      sink.accept(changed);
    }
  }

  /**
   * A watch ended.
   *
   * @throws EtcdException if it is the present one
   */
  public void ended(long of, String why) {
    if (of == attempt) {
      throw new EtcdException("the watch ended: " + why);
    }
  }

  /** Lists again soon, with what earlier leaders left. */
  public void listAgain() {
    listWanted = true;
  }

  /** A step failed, or a signal was refused. */
  public void failed(Throwable trouble, Instant now) {
    forget();
    failures++;
    clientWanted |= failures % FAILURES_BEFORE_NEW_CLIENT == 0;
    retry = now.plus(PAUSE);
    sink.accept(
        new Event.StoreLost(
            trouble instanceof EtcdException
                ? String.valueOf(trouble.getMessage())
                : trouble.toString()));
  }
}
