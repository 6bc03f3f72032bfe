package io.dowding.etcd;

/** etcd did not answer as expected. The request may or may not have been carried out. */
public class EtcdException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final boolean refusal;

  public EtcdException(String message, Throwable cause) {
    super(message, cause);
    this.refusal = false;
  }

  public EtcdException(String message) {
    super(message);
    this.refusal = false;
  }

  private EtcdException(String message, boolean refusal) {
    super(message);
    this.refusal = refusal;
  }

  /** etcd did not answer a write, which may or may not have been made. */
  public static final class AnswerLost extends EtcdException {

    private static final long serialVersionUID = 1;

    AnswerLost(EtcdException cause) {
      super(String.valueOf(cause.getMessage()), cause);
    }
  }

  /** There is no connection because of a setting or its files. The message says what to do. */
  public static final class Misconfigured extends EtcdException {

    private static final long serialVersionUID = 1;

    Misconfigured(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** etcd refused a request and did nothing. Retrying is useless. */
  public static EtcdException refusal(String message) {
    return new EtcdException(message, true);
  }

  /** Whether this request itself was refused, for its size or the user's permissions. */
  public boolean isRefusal() {
    return refusal;
  }
}
