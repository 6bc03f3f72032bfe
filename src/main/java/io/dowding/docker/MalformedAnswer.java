package io.dowding.docker;

/**
 * An engine, or whatever answers in its place, said something that cannot be used. Whether it did
 * what it was asked to do is not known. The message is for people.
 */
final class MalformedAnswer extends RuntimeException {

  private static final long serialVersionUID = 1;

  MalformedAnswer(String message) {
    super(message);
  }
}
