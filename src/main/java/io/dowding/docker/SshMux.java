package io.dowding.docker;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection to the control socket of an ssh process, in packets, as OpenSSH's {@code
 * PROTOCOL.mux} describes. An interrupt ends it. One thread may receive while others send.
 */
final class SshMux implements AutoCloseable {

  private static final int HELLO = 0x1;
  private static final int VERSION = 4;
  private static final int ALIVE_CHECK = 0x1000_0004;
  private static final int ALIVE = 0x8000_0005;
  private static final int PROXY = 0x1000_000f;
  private static final int PROXIED = 0x8000_000f;

  /** More than any packet of a channel has, see {@link SshChannel}. */
  private static final int LONGEST = 64 << 10;

  private final SocketChannel socket;
  private final ByteBuffer in = ByteBuffer.allocate(2 << 10).flip();
  private final ReentrantLock sending = new ReentrantLock();

  /** Connects, and agrees on the protocol's version. */
  SshMux(Path control) throws IOException {
    this.socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.connect(UnixDomainSocketAddress.of(control));
      send(ByteBuffer.allocate(8).putInt(HELLO).putInt(VERSION));
      ByteBuffer hello = receive();
      if (hello.getInt() != HELLO || hello.getInt() != VERSION) {
        throw new IOException("this machine's ssh has another multiplexing protocol");
      }
    } catch (BufferUnderflowException malformed) {
      close();
      throw new IOException("ssh sent a malformed packet", malformed);
    } catch (IOException failed) {
      close();
      throw failed;
    }
  }

  /** The id of the process at the other end. */
  long pid() throws IOException {
    return Integer.toUnsignedLong(request(ALIVE_CHECK, ALIVE).getInt());
  }

  /** From now on, packets are those of the SSH connection protocol. */
  void proxy() throws IOException {
    request(PROXY, PROXIED);
  }

  private ByteBuffer request(int type, int expected) throws IOException {
    send(ByteBuffer.allocate(8).putInt(type).putInt(0));
    ByteBuffer answer = receive();
    if (answer.getInt() != expected || answer.getInt() != 0) {
      throw new IOException("this machine's ssh is too old: OpenSSH 7.4 or newer is needed");
    }
    return answer;
  }

  /**
   * Sends a packet.
   *
   * @param packet filled up to its position
   */
  void send(ByteBuffer packet) throws IOException {
    packet.flip();
    ByteBuffer length = ByteBuffer.allocate(4).putInt(packet.remaining()).flip();
    ByteBuffer[] all = {length, packet};
    sending.lock();
    try {
      while (packet.hasRemaining()) {
        socket.write(all);
      }
    } finally {
      sending.unlock();
    }
  }

  /**
   * Waits for a packet.
   *
   * @throws EOFException if the other end is gone
   */
  ByteBuffer receive() throws IOException {
    int length = ByteBuffer.wrap(bytes(4)).getInt();
    if (length < 2 || length > LONGEST) {
      throw new IOException("ssh sent a packet of " + Integer.toUnsignedString(length) + " bytes");
    }
    return ByteBuffer.wrap(bytes(length));
  }

  private byte[] bytes(int count) throws IOException {
    ByteBuffer to = ByteBuffer.allocate(count);
    while (to.hasRemaining()) {
      if (in.hasRemaining()) {
        int most = Math.min(in.remaining(), to.remaining());
        to.put(in.slice(in.position(), most));
        in.position(in.position() + most);
      } else if (to.remaining() >= in.capacity()) {
        mustNotEnd(socket.read(to));
      } else {
        in.clear();
        int read = socket.read(in);
        in.flip();
        mustNotEnd(read);
      }
    }
    return to.array();
  }

  private static void mustNotEnd(int read) throws EOFException {
    if (read < 0) {
      throw new EOFException("the SSH connection ended");
    }
  }

  /** A text in the format of both protocols. */
  static ByteBuffer text(ByteBuffer to, String ascii) {
    return to.putInt(ascii.length()).put(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  /** Bytes in the format of both protocols. */
  static byte[] bytes(ByteBuffer from) throws IOException {
    int length = from.remaining() < 4 ? -1 : from.getInt();
    if (length < 0 || length > from.remaining()) {
      throw new IOException("ssh sent a malformed packet");
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      // It is not needed any more.
    }
  }
}
