package io.dowding.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class SshChannelTest {

  @TempDir private Path directory = Path.of("");
  private ServerSocketChannel server;

  @BeforeEach
  void listen() throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private interface Play {
    void play(SshPeer peer) throws IOException;
  }

  private CompletableFuture<Void> play(Play play) {
    return CompletableFuture.runAsync(
        () -> {
          try (SocketChannel accepted = server.accept()) {
            play.play(new SshPeer(accepted));
          } catch (IOException broken) {
            throw new AssertionError(broken);
          }
        },
        Thread::startVirtualThread);
  }

  private SshChannel open() throws IOException {
    return new SshChannel(new SshMux(directory.resolve("s")), "docker system dial-stdio", () -> {});
  }

  private static String rest(SshChannel channel) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some = new byte[1000];
    for (int read = channel.read(some, 0, 1000); read >= 0; read = channel.read(some, 0, 1000)) {
      all.write(some, 0, read);
    }
    return all.toString(US_ASCII);
  }

  @Test
  @DisplayName("what the host writes is read to its end, without waiting for the command's end")
  void reads() throws IOException {
    CompletableFuture<Void> host =
        play(
            peer -> {
              peer.open(0);
              peer.data("HTTP/1.1 200 OK");
              peer.data(" and more");
              peer.end();
              peer.receive();
            });
    try (SshChannel channel = open()) {
      assertThat(rest(channel)).isEqualTo("HTTP/1.1 200 OK and more");
      channel.endOutput();
      host.join();
    }
  }

  @Test
  @DisplayName("what is written waits until the host takes it, in parts as small as it wants")
  void writes() throws IOException {
    CompletableFuture<Void> host =
        play(
            peer -> {
              peer.open(0);
              peer.adjust(3);
              assertThat(new String(SshMux.bytes(peer.expect(94)), US_ASCII)).isEqualTo("abc");
              peer.adjust(100);
              assertThat(new String(SshMux.bytes(peer.expect(94)), US_ASCII)).isEqualTo("de");
              peer.expect(96);
            });
    try (SshChannel channel = open()) {
      channel.write("abcde".getBytes(US_ASCII), 0, 5);
      channel.endOutput();
      host.join();
    }
  }

  @Test
  @DisplayName("a thread that writes and one that reads do not wait for each other")
  void both() throws IOException {
    CompletableFuture<Void> host =
        play(
            peer -> {
              peer.open(0);
              for (int n = 0; n < 50; n++) {
                peer.adjust(1);
                peer.expect(94);
              }
              peer.data("HTTP/1.done");
              peer.end();
              peer.receive();
            });
    try (SshChannel channel = open()) {
      var read =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return rest(channel);
                } catch (IOException broken) {
                  throw new AssertionError(broken);
                }
              },
              Thread::startVirtualThread);
      channel.write(new byte[50], 0, 50);
      assertThat(read.join()).isEqualTo("HTTP/1.done");
      channel.endOutput();
      host.join();
    }
  }

  @Test
  @DisplayName("the host may send more once half of what it may send was read")
  void window() throws IOException {
    CompletableFuture<Void> host =
        play(
            peer -> {
              peer.open(0);
              peer.data("HTTP/1.");
              for (int sent = 7; sent < SshInput.WINDOW; sent += 10_000) {
                peer.data("x".repeat(Math.min(10_000, SshInput.WINDOW - sent)));
              }
              assertThat(peer.expect(93).getInt()).isGreaterThanOrEqualTo(SshInput.WINDOW / 2);
              peer.end();
              peer.receive();
            });
    try (SshChannel channel = open()) {
      assertThat(rest(channel)).hasSize(SshInput.WINDOW);
      channel.endOutput();
      host.join();
    }
  }

  @Test
  @DisplayName("a host that sends more than it may, or a malformed packet, breaks the connection")
  void hostile() throws IOException {
    var _ =
        play(
            peer -> {
              peer.open(0);
              peer.data("HTTP/1.");
              for (int sent = 0; sent < SshInput.WINDOW + 10_000; sent += 10_000) {
                peer.data("x".repeat(10_000));
              }
              peer.receive();
            });
    try (SshChannel channel = open()) {
      channel.read(new byte[7], 0, 7);
      var _ =
          play(
              peer -> {
                peer.open(0);
                peer.send(94, ByteBuffer.allocate(4).putInt(1000));
              });
      try (SshChannel other = open()) {
        assertThatThrownBy(() -> rest(other)).hasMessageContaining("a malformed packet");
      }
      assertThatThrownBy(() -> channel.write(new byte[1], 0, 1))
          .hasMessageContaining("more than was allowed");
    }
    var _ =
        play(
            peer -> {
              peer.open(0);
              peer.send(ByteBuffer.allocate(600_000).put(new byte[500_000]));
            });
    try (SshChannel channel = open()) {
      assertThatThrownBy(() -> rest(channel)).hasMessageContaining("a packet of 500000 bytes");
    }
  }

  @Test
  @DisplayName("bytes that come one by one, and packets without any, take no room")
  void trickle() throws IOException {
    CompletableFuture<Void> host =
        play(
            peer -> {
              peer.open(0);
              for (char one : "Welcome to HTTP/1!\nHTTP/1.1 200".toCharArray()) {
                peer.data("");
                peer.data(String.valueOf(one));
                peer.error("");
              }
              peer.adjust(1);
              assertThat(new String(SshMux.bytes(peer.expect(94)), US_ASCII)).isEqualTo("x");
              peer.data("");
              peer.end();
              peer.receive();
            });
    try (SshChannel channel = open()) {
      channel.write("x".getBytes(US_ASCII), 0, 1);
      assertThat(channel.read(new byte[100], 0, 100)).isEqualTo("HTTP/1.1 200".length());
      assertThat(channel.read(new byte[100], 0, 100)).isEqualTo(-1);
      channel.endOutput();
      host.join();
    }
  }

  @Test
  @DisplayName("a host that writes much that is no answer breaks the connection, also on writing")
  void chatters() throws IOException {
    Play errors =
        peer -> {
          peer.open(0);
          for (int sent = 0; sent <= SshInput.MOST_CHATTER; sent += 1000) {
            peer.error("x".repeat(1000));
          }
          peer.receive();
        };
    var _ = play(errors);
    try (SshChannel channel = open()) {
      assertThatThrownBy(() -> channel.write(new byte[1], 0, 1)).hasMessageContaining("64 KiB");
    }
    var _ =
        play(
            peer -> {
              peer.open(0);
              for (int sent = 0; sent <= SshInput.MOST_CHATTER + 10; sent += 1000) {
                peer.data("x".repeat(1000));
              }
              peer.receive();
            });
    try (SshChannel channel = open()) {
      assertThatThrownBy(() -> rest(channel)).hasMessageContaining("64 KiB");
    }
  }

  @Test
  @DisplayName("a packet that does not belong there breaks the connection")
  void outOfTurn() throws IOException {
    var _ =
        play(
            peer -> {
              peer.greet();
              peer.data("HTTP/1.1 200");
              peer.receive();
            });
    assertThatThrownBy(this::open).hasMessageContaining("type 94 at a wrong time");
    var _ =
        play(
            peer -> {
              peer.open(0);
              peer.send(91, ByteBuffer.allocate(12).putInt(8).putInt(1).putInt(1));
              peer.receive();
            });
    try (SshChannel channel = open()) {
      assertThatThrownBy(() -> rest(channel)).hasMessageContaining("type 91 at a wrong time");
    }
  }

  @Test
  @DisplayName("a command that fails without an answer says why, on reading and on writing")
  void failure() throws IOException {
    var _ =
        play(
            peer -> {
              peer.open(0);
              peer.error("bash: docker: command not found\n");
              peer.end();
              peer.exit(127);
              peer.close();
              peer.receive();
            });
    try (SshChannel channel = open()) {
      assertThatThrownBy(() -> rest(channel)).hasMessageContaining("install Docker there");
      assertThatThrownBy(() -> channel.write(new byte[1], 0, 1))
          .hasMessageContaining("install Docker there");
    }
  }

  @Test
  @DisplayName("what a login writes before the answer is left out, and shown if nothing follows")
  void chatter() throws IOException {
    var _ =
        play(
            peer -> {
              peer.open(0);
              peer.data("Welcome!\n");
              peer.data("Bye!\nHTTP/1.1 200");
              peer.end();
            });
    try (SshChannel channel = open()) {
      assertThat(rest(channel)).isEqualTo("HTTP/1.1 200");
    }
    var _ =
        play(
            peer -> {
              peer.open(0);
              peer.data("This account is not available.\n");
              peer.end();
              peer.exit(1);
              peer.close();
              peer.receive();
            });
    try (SshChannel channel = open()) {
      assertThatThrownBy(() -> rest(channel)).hasMessageContaining("account is not available");
    }
  }

  @Test
  @DisplayName("a refused session is distinguished from a broken connection")
  void full() throws IOException {
    var _ =
        play(
            peer -> {
              peer.greet();
              peer.send(
                  92, ByteBuffer.allocate(100).putInt(2).put(SshPeer.text("open failed").flip()));
              peer.receive();
            });
    assertThatThrownBy(this::open).isInstanceOf(SshChannel.Full.class);
    var _ = play(SshPeer::greet);
    assertThatThrownBy(this::open).isInstanceOf(EOFException.class);
  }

  @Test
  @DisplayName("a question of the SSH server is answered")
  void keepAlive() throws IOException {
    CompletableFuture<Void> host =
        play(
            peer -> {
              peer.open(0);
              peer.send(98, SshPeer.text("keepalive@openssh.com").put((byte) 1));
              peer.expect(100);
              peer.data("HTTP/1.");
              peer.end();
              peer.receive();
            });
    try (SshChannel channel = open()) {
      assertThat(rest(channel)).isEqualTo("HTTP/1.");
      channel.endOutput();
      host.join();
    }
  }
}
