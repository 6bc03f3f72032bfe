package io.dowding.docker;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * A command on a host, over a running ssh: its input and output are a connection, for HTTP. Speaks
 * the part of the SSH connection protocol (RFC 4254) that one session needs. Whoever waits receives
 * packets for all. One thread may read while another writes.
 */
final class SshChannel implements AutoCloseable {

  private static final byte OPEN = 90;
  private static final byte OPENED = 91;
  private static final byte NOT_OPENED = 92;
  private static final byte ADJUST = 93;
  private static final byte DATA = 94;
  private static final byte EXTENDED_DATA = 95;
  private static final byte EOF = 96;
  private static final byte CLOSE = 97;
  private static final byte REQUEST = 98;
  private static final byte SUCCESS = 99;
  private static final byte FAILURE = 100;

  private static final int WINDOW = SshInput.WINDOW;
  private static final int LONGEST_DATA = 16 << 10;

  /** No window is larger. */
  private static final long MOST_CREDIT = 0xffff_ffffL;

  private final SshMux mux;
  private final Runnable released;
  private final AtomicBoolean gone = new AtomicBoolean();

  /** Guards all that follows; not held while waiting for a packet. */
  private final ReentrantLock state = new ReentrantLock();

  private final Condition changed = state.newCondition();
  private final SshInput input = new SshInput();
  private int theirs;
  private int longest;
  private long credit;
  private int taken;
  private int exit = -1;
  private boolean accepted;
  private boolean ended;
  private boolean closed;
  private boolean receiving;

  /** The host has no room for another session; another SSH connection has. */
  static final class Full extends IOException {
    private static final long serialVersionUID = 1;

    Full(String message) {
      super(message);
    }
  }

  /**
   * Starts a command.
   *
   * @param released is called once, when the channel is closed or cannot be opened
   * @throws Full if the host refuses another session over this connection; the mux is then left
   *     open, and {@code released} is not called
   */
  SshChannel(SshMux mux, String command, Runnable released) throws IOException {
    this.mux = mux;
    this.released = released;
    state.lock();
    try {
      mux.proxy();
      mux.send(
          SshMux.text(packet(OPEN, 64), "session").putInt(0).putInt(WINDOW).putInt(LONGEST_DATA));
      await(() -> longest > 0);
      ByteBuffer exec = to(REQUEST, 32 + command.length());
      mux.send(SshMux.text(SshMux.text(exec, "exec").put((byte) 1), command));
      await(() -> accepted);
    } catch (Full full) {
      throw full;
    } catch (IOException | RuntimeException failed) {
      close();
      throw failed;
    } finally {
      state.unlock();
    }
  }

  private static ByteBuffer packet(byte type, int most) {
    return ByteBuffer.allocate(2 + most).put((byte) 0).put(type);
  }

  private ByteBuffer to(byte type, int most) {
    return packet(type, 4 + most).putInt(theirs);
  }

  /** Waits until something is so. One thread at a time receives for all that wait. */
  private void await(BooleanSupplier wanted) throws IOException {
    while (!wanted.getAsBoolean()) {
      if (closed) {
        throw failure();
      }
      if (!receiving) {
        receiveOne();
        continue;
      }
      try {
        changed.await();
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException();
      }
    }
  }

  private void receiveOne() throws IOException {
    receiving = true;
    try {
      receive(next());
    } catch (Full full) {
      throw full;
    } catch (IOException broken) {
      mux.close();
      throw broken;
    } finally {
      receiving = false;
      changed.signalAll();
    }
  }

  private ByteBuffer next() throws IOException {
    state.unlock();
    try {
      return mux.receive();
    } finally {
      state.lock();
    }
  }

  private void receive(ByteBuffer packet) throws IOException {
    try {
      packet.get();
      byte type = packet.get();
      int _ = packet.getInt();
      if ((longest == 0) != (type == OPENED || type == NOT_OPENED)) {
        throw new IOException("ssh sent a packet of type " + type + " at a wrong time");
      }
      switch (type) {
        case OPENED -> {
          theirs = packet.getInt();
          credit = Integer.toUnsignedLong(packet.getInt());
          longest = Math.clamp(Integer.toUnsignedLong(packet.getInt()), 1, LONGEST_DATA);
        }
        case NOT_OPENED -> {
          packet.getInt();
          throw new Full(new String(SshMux.bytes(packet), StandardCharsets.UTF_8));
        }
        case ADJUST ->
            credit = Math.min(MOST_CREDIT, credit + Integer.toUnsignedLong(packet.getInt()));
        case DATA -> taken(input.output(SshMux.bytes(packet)));
        case EXTENDED_DATA -> {
          packet.getInt();
          taken(input.error(SshMux.bytes(packet)));
        }
        case EOF -> ended = true;
        case CLOSE -> {
          ended = true;
          closed = true;
          mux.send(to(CLOSE, 0));
        }
        case REQUEST -> request(packet);
        case SUCCESS -> accepted = true;
        case FAILURE -> throw new IOException("its SSH server does not run commands");
        default -> {}
      }
    } catch (BufferUnderflowException malformed) {
      throw new IOException("ssh sent a malformed packet", malformed);
    }
  }

  private void taken(int count) throws IOException {
    taken += count;
    if (taken >= WINDOW / 2 && !ended) {
      mux.send(to(ADJUST, 4).putInt(taken));
      input.allow(taken);
      taken = 0;
    }
  }

  private void request(ByteBuffer packet) throws IOException {
    String name = new String(SshMux.bytes(packet), StandardCharsets.US_ASCII);
    boolean answer = packet.get() != 0;
    if (name.equals("exit-status")) {
      exit = packet.getInt();
    }
    if (answer) {
      mux.send(to(FAILURE, 0));
    }
  }

  private IOException failure() {
    String said = input.said();
    return said.isEmpty() && exit <= 0
        ? new IOException("the host ended the connection")
        : new IOException(SshProblem.ofCommand(said, exit));
  }

  /**
   * Waits for bytes.
   *
   * @param length at least 1
   * @return how many; at least 1, or -1 at the end
   * @throws IOException if the command failed without an answer, with what it said
   */
  int read(byte[] to, int offset, int length) throws IOException {
    state.lock();
    try {
      await(() -> input.available() > 0 || (ended && (input.hasBegun() || closed)));
      if (input.available() == 0) {
        if (!input.hasBegun() && exit != 0) {
          throw failure();
        }
        return -1;
      }
      int count = input.take(to, offset, length);
      taken(count);
      return count;
    } finally {
      state.unlock();
    }
  }

  /** Waits until the host takes all of it. */
  void write(byte[] from, int offset, int length) throws IOException {
    int at = 0;
    while (at < length) {
      int count = claim(length - at);
      ByteBuffer data = to(DATA, 4 + count).putInt(count);
      mux.send(data.put(from, offset + at, count));
      at += count;
    }
  }

  private int claim(int wanted) throws IOException {
    state.lock();
    try {
      await(() -> credit > 0 && !closed);
      int count = (int) Math.min(Math.min(wanted, longest), credit);
      credit -= count;
      return count;
    } finally {
      state.unlock();
    }
  }

  /** There is nothing more to write. */
  void endOutput() throws IOException {
    state.lock();
    try {
      if (!closed) {
        mux.send(to(EOF, 0));
      }
    } finally {
      state.unlock();
    }
  }

  @Override
  public void close() {
    mux.close();
    if (!gone.getAndSet(true)) {
      released.run();
    }
  }
}
