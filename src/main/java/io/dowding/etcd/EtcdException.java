package io.dowding.etcd;

/** etcd did not answer, or not as it should: what was asked may or may not have been done. */
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

  /** It answered that it will not do this, and it did nothing: it is asked in vain again. */
  public static EtcdException refusal(String message) {
    return new EtcdException(message, true);
  }

  /**
   * Whether it was this request that was wrong, for its size or the user's rights, and no other.
   */
  public boolean isRefusal() {
    return refusal;
  }
}
