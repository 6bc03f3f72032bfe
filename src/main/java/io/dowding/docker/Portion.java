package io.dowding.docker;

import java.io.IOException;
import java.io.InputStream;

/** Limits how much of a stream is read for one element of a list. Not thread-safe. */
final class Portion extends InputStream {

  private final InputStream all;
  private final String place;
  private final long most;
  private long left;

  /**
   * @param place for messages
   * @param most bytes for each element, not counting what is passed over
   */
  Portion(InputStream all, String place, long most) {
    this.all = all;
    this.place = place;
    this.most = most;
    this.left = most;
  }

  /** The next element begins. */
  void begin() {
    left = most;
  }

  /** Passes over a part of the stream. */
  interface Skip<T> {
    T past() throws IOException;
  }

  /** Does not count what this reads. */
  <T> T free(Skip<T> skip) throws IOException {
    long before = left;
    left = Long.MAX_VALUE;
    T result = skip.past();
    left = before;
    return result;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = all.read(buffer, offset, length);
    left -= Math.max(0, read);
    if (left < 0) {
      throw new MalformedAnswer.TooLong(
          "an element of " + place + " is longer than " + most / 1024 + " KiB");
    }
    return read;
  }
}
