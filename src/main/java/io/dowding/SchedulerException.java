package io.dowding;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What can go wrong with a {@link Scheduler}: each says what happened and what to do. */
public abstract sealed class SchedulerException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private SchedulerException(String message) {
    super(message);
  }

  /** No host can take it. */
  public static final class NoHostFits extends SchedulerException {
    private static final long serialVersionUID = 1;
    private final TreeMap<String, String> reasons;

    NoHostFits(String message, SortedMap<String, String> reasons) {
      super(message);
      this.reasons = new TreeMap<>(reasons);
    }

    /** Every host's reason, by hostname. */
    public SortedMap<String, String> reasons() {
      return new TreeMap<>(reasons);
    }
  }

  /** A hostname that the inventory does not have. */
  public static final class UnknownHost extends SchedulerException {
    private static final long serialVersionUID = 1;

    UnknownHost(String message) {
      super(message);
    }
  }

  /** Pins that lead back to themselves. */
  public static final class PinLoop extends SchedulerException {
    private static final long serialVersionUID = 1;

    PinLoop(String message) {
      super(message);
    }
  }

  /** An id, pin, host or service that cannot be used as it is. */
  public static final class InvalidJob extends SchedulerException {
    private static final long serialVersionUID = 1;
    private final String[] problems;

    InvalidJob(List<String> problems) {
      super(String.join("; ", problems));
      this.problems = problems.toArray(String[]::new);
    }

    /** Every problem, each with the path of its field. */
    public List<String> problems() {
      return List.of(problems);
    }
  }

  /** etcd did not answer: what was asked may or may not have been done. */
  public static final class EtcdUnreachable extends SchedulerException {
    private static final long serialVersionUID = 1;

    EtcdUnreachable(String message, Throwable cause) {
      super(message);
      initCause(cause);
    }
  }

  /** Others were faster, again and again; nothing was done. */
  public static final class Conflict extends SchedulerException {
    private static final long serialVersionUID = 1;

    Conflict(String message) {
      super(message);
    }
  }
}
