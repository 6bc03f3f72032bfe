package io.dowding;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** An error of a {@link Scheduler}; the message says what happened and what to do. */
public abstract sealed class SchedulerException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private SchedulerException(String message) {
    super(message);
  }

  /** No host fits. */
  public static final class NoHostFits extends SchedulerException {
    private static final long serialVersionUID = 1;
    private final TreeMap<String, String> reasons;

    NoHostFits(String message, SortedMap<String, String> reasons) {
      super(message);
      this.reasons = new TreeMap<>(reasons);
    }

    /** The reason of every host, by hostname. */
    public SortedMap<String, String> reasons() {
      return new TreeMap<>(reasons);
    }
  }

  /** The host is not in the inventory. */
  public static final class UnknownHost extends SchedulerException {
    private static final long serialVersionUID = 1;

    UnknownHost(String message) {
      super(message);
    }
  }

  /** A pin would start jobs with empty volumes, because their data is on another host. */
  public static final class DataLeftBehind extends SchedulerException {
    private static final long serialVersionUID = 1;
    private final TreeMap<String, String> hosts;

    DataLeftBehind(String message, SortedMap<String, String> hosts) {
      super(message);
      this.hosts = new TreeMap<>(hosts);
    }

    /** The host with the data of each of these jobs. */
    public SortedMap<String, String> hosts() {
      return new TreeMap<>(hosts);
    }
  }

  /** The pins form a loop. */
  public static final class PinLoop extends SchedulerException {
    private static final long serialVersionUID = 1;

    PinLoop(String message) {
      super(message);
    }
  }

  /** An id, pin, host or service is not valid. */
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

  /** etcd did not answer; the request may or may not have been carried out. */
  public static final class EtcdUnreachable extends SchedulerException {
    private static final long serialVersionUID = 1;

    EtcdUnreachable(String message, Throwable cause) {
      super(message);
      initCause(cause);
    }
  }

  /** Other allocators were faster several times in a row; nothing was done. */
  public static final class Conflict extends SchedulerException {
    private static final long serialVersionUID = 1;

    Conflict(String message) {
      super(message);
    }
  }

  /** A service was not as expected in time; nothing was changed. */
  public static final class TimedOut extends SchedulerException {
    private static final long serialVersionUID = 1;

    TimedOut(String message) {
      super(message);
    }
  }

  /** etcd refused the request, for its size or the user's permissions; nothing was done. */
  public static final class EtcdRefused extends SchedulerException {
    private static final long serialVersionUID = 1;

    EtcdRefused(String message, Throwable cause) {
      super(message);
      initCause(cause);
    }
  }

  /** The thread was interrupted; the request may or may not have been carried out. */
  public static final class Interrupted extends SchedulerException {
    private static final long serialVersionUID = 1;

    Interrupted(Throwable cause) {
      super("interrupted; the request may or may not have been carried out");
      initCause(cause);
    }
  }
}
