package io.dowding.docker;

/**
 * An engine, or something in its place, sent an unusable answer. The request may or may not have
 * been carried out. The message is for people.
 */
class MalformedAnswer extends RuntimeException {

  private static final long serialVersionUID = 1;

  MalformedAnswer(String message) {
    super(message);
  }

  /** It is longer than is read. */
  static final class TooLong extends MalformedAnswer {

    private static final long serialVersionUID = 1;

    TooLong(String message) {
      super(message);
    }
  }
}
