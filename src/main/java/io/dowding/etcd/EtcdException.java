package io.dowding.etcd;

/** etcd did not answer, or not as it should: what was asked may or may not have been done. */
public class EtcdException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public EtcdException(String message, Throwable cause) {
    super(message, cause);
  }

  public EtcdException(String message) {
    super(message);
  }
}
