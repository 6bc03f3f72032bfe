package io.dowding.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The ssh process, and the host behind it. */
final class SshPeer {

  private static final int ID = 7;
  private final SocketChannel socket;

  SshPeer(SocketChannel socket) {
    this.socket = socket;
  }

  void send(ByteBuffer packet) throws IOException {
    packet.flip();
    ByteBuffer length = ByteBuffer.allocate(4).putInt(packet.remaining()).flip();
    socket.write(new ByteBuffer[] {length, packet});
  }

  void send(int type, ByteBuffer rest) throws IOException {
    rest.flip();
    send(ByteBuffer.allocate(600_000).put((byte) 0).put((byte) type).putInt(0).put(rest));
  }

  void data(String text) throws IOException {
    send(94, text(text));
  }

  void adjust(int by) throws IOException {
    send(93, ByteBuffer.allocate(4).putInt(by));
  }

  void error(String text) throws IOException {
    send(95, ByteBuffer.allocate(8_000).putInt(1).put(text(text).flip()));
  }

  void exit(int status) throws IOException {
    send(98, text("exit-status").put((byte) 0).putInt(status));
  }

  void end() throws IOException {
    send(96, ByteBuffer.allocate(0));
  }

  void close() throws IOException {
    send(97, ByteBuffer.allocate(0));
  }

  ByteBuffer receive() throws IOException {
    return read(read(4).getInt());
  }

  /** The rest of the next packet, which must be of this type, for this channel. */
  ByteBuffer expect(int type) throws IOException {
    ByteBuffer packet = receive();
    packet.get();
    assertThat((int) packet.get()).isEqualTo(type);
    if (type != 90) {
      assertThat(packet.getInt()).isEqualTo(ID);
    }
    return packet;
  }

  private ByteBuffer read(int count) throws IOException {
    ByteBuffer to = ByteBuffer.allocate(count);
    while (to.hasRemaining()) {
      if (socket.read(to) < 0) {
        throw new EOFException();
      }
    }
    return to.flip();
  }

  static ByteBuffer text(String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    return ByteBuffer.allocate(bytes.length + 32).putInt(bytes.length).put(bytes);
  }

  /** Up to the answer to the request to open a session. */
  void greet() throws IOException {
    send(ByteBuffer.allocate(8).putInt(1).putInt(4));
    assertThat(receive().getInt()).isEqualTo(1);
    ByteBuffer proxy = receive();
    assertThat(proxy.getInt()).isEqualTo(0x1000_000f);
    send(ByteBuffer.allocate(8).putInt(0x8000_000f).putInt(proxy.getInt()));
    assertThat(new String(SshMux.bytes(expect(90)), US_ASCII)).isEqualTo("session");
  }

  /** Until the command runs. */
  void open(int window) throws IOException {
    greet();
    send(91, ByteBuffer.allocate(12).putInt(ID).putInt(window).putInt(32 << 10));
    ByteBuffer exec = expect(98);
    assertThat(new String(SshMux.bytes(exec), US_ASCII)).isEqualTo("exec");
    assertThat(exec.get()).isEqualTo((byte) 1);
    assertThat(new String(SshMux.bytes(exec), US_ASCII)).isEqualTo("docker system dial-stdio");
    send(99, ByteBuffer.allocate(0));
  }
}
