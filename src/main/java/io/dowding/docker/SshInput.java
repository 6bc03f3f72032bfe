package io.dowding.docker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a host sent over a channel: answers, until they are read, and the beginning of everything
 * else. Whatever the host sends, this takes no more memory than its window. Not thread-safe.
 */
final class SshInput {

  /** What the host may send before it is read. */
  static final int WINDOW = 256 << 10;

  /** A login may write something of its own first, or instead. */
  static final int MOST_CHATTER = 64 << 10;

  private static final int LONGEST_ERROR = 4 << 10;

  /** Of the first answer. */
  private static final String BEGINNING = "HTTP/1.";

  private static final byte[] NOTHING = {};

  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private byte[] unread = NOTHING;
  private int from;
  private int to;
  private int window = WINDOW;
  private int chatter;
  private boolean begun;

  /** The end of what came before the first answer; it may be the answer's beginning. */
  private byte[] last = NOTHING;

  /**
   * Takes what the command wrote.
   *
   * @return how many bytes of it need not be read
   */
  int output(byte[] bytes) throws IOException {
    received(bytes.length);
    if (begun) {
      append(bytes, 0);
      return 0;
    }
    byte[] all = Arrays.copyOf(last, last.length + bytes.length);
    System.arraycopy(bytes, 0, all, last.length, bytes.length);
    int at = new String(all, StandardCharsets.ISO_8859_1).indexOf(BEGINNING);
    begun = at >= 0;
    int left = begun ? at : Math.max(0, all.length - BEGINNING.length() + 1);
    chatter(all, left);
    last = begun ? NOTHING : Arrays.copyOfRange(all, left, all.length);
    if (begun) {
      append(all, left);
    }
    return left;
  }

  /**
   * Takes what the command wrote as an error.
   *
   * @return how many bytes of it need not be read: all
   */
  int error(byte[] bytes) throws IOException {
    received(bytes.length);
    chatter(bytes, bytes.length);
    return bytes.length;
  }

  private void received(int count) throws IOException {
    window -= count;
    if (window < 0) {
      throw new IOException("the host sent more than was allowed");
    }
  }

  private void chatter(byte[] bytes, int count) throws IOException {
    error.write(bytes, 0, Math.min(count, LONGEST_ERROR - error.size()));
    chatter += count;
    if (chatter > MOST_CHATTER) {
      throw new IOException(
          "the command there wrote more than "
              + (MOST_CHATTER >> 10)
              + " KiB that is no answer of Docker: make logins without a terminal silent");
    }
  }

  private void append(byte[] bytes, int offset) {
    int more = bytes.length - offset;
    if (to + more > unread.length) {
      int size = available();
      // Never more than half full unless it is as large as it gets, so that moving is rare.
      int length = Math.max(unread.length, Math.min(WINDOW, 2 * (size + more)));
      byte[] room = length > unread.length ? new byte[length] : unread;
      System.arraycopy(unread, from, room, 0, size);
      unread = room;
      from = 0;
      to = size;
    }
    System.arraycopy(bytes, offset, unread, to, more);
    to += more;
  }

  /** How many bytes can be read. */
  int available() {
    return to - from;
  }

  /**
   * Takes bytes out.
   *
   * @return how many; at least one if any are available
   */
  int take(byte[] into, int offset, int length) {
    int count = Math.min(length, available());
    System.arraycopy(unread, from, into, offset, count);
    from += count;
    if (from == to) {
      // A connection that idles needs no memory.
      unread = NOTHING;
      from = 0;
      to = 0;
    }
    return count;
  }

  /** The host may send this much more. */
  void allow(int count) {
    window += count;
  }

  /** Whether an answer has begun. */
  boolean hasBegun() {
    return begun;
  }

  /** The beginning of what is not an answer. */
  String said() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(error.toByteArray());
    all.writeBytes(last);
    return all.toString(StandardCharsets.UTF_8);
  }
}
