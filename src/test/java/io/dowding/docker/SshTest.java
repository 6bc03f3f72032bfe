package io.dowding.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class SshTest {

  @TempDir private Path directory = Path.of("");
  private final List<Process> processes = new ArrayList<>();
  private final List<ServerSocketChannel> servers = new ArrayList<>();
  private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger logins = new AtomicInteger();
  private volatile int sessions = 100;

  @AfterEach
  void end() throws IOException {
    for (ServerSocketChannel server : servers) {
      server.close();
    }
    for (SocketChannel connection : connections) {
      connection.close();
    }
    processes.forEach(Process::destroyForcibly);
  }

  /** A process that ends only if it is asked to, with a host that allows some sessions. */
  private SshMaster login() throws IOException {
    Path of = Files.createDirectory(directory.resolve("m" + logins.incrementAndGet()));
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(of.resolve("s")));
    servers.add(server);
    AtomicInteger open = new AtomicInteger();
    Thread.startVirtualThread(() -> accept(server, open));
    Process process = new ProcessBuilder("sleep", "600").start();
    processes.add(process);
    return new SshMaster(of, process.toHandle());
  }

  private void accept(ServerSocketChannel server, AtomicInteger open) {
    try {
      while (true) {
        SocketChannel accepted = server.accept();
        connections.add(accepted);
        SshPeer peer = new SshPeer(accepted);
        if (open.incrementAndGet() <= sessions) {
          peer.open(0);
        } else {
          peer.greet();
          peer.send(92, ByteBuffer.allocate(100).putInt(2).put(SshPeer.text("no").flip()));
        }
      }
    } catch (IOException closed) {
      // The test has ended.
    }
  }

  private static CompletableFuture<SshChannel> later(Ssh ssh) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return ssh.open();
          } catch (IOException failed) {
            throw new AssertionError(failed);
          }
        },
        Thread::startVirtualThread);
  }

  @Test
  @DisplayName("ten connections, as many as a busy host has, need one login; the next has another")
  void many() throws IOException {
    try (Ssh ssh = new Ssh(this::login)) {
      for (int n = 0; n < 10; n++) {
        ssh.open();
      }
      assertThat(logins).hasValue(1);
      ssh.open();
      assertThat(logins).hasValue(2);
    }
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  @DisplayName("a connection that waits for a login takes a place that becomes free")
  void free() throws IOException {
    CountDownLatch second = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Ssh.Logins hang =
        () -> {
          if (logins.get() == 0) {
            return login();
          }
          second.countDown();
          try {
            never.await();
          } catch (InterruptedException stopped) {
            throw new IOException(stopped);
          }
          throw new AssertionError();
        };
    try (Ssh ssh = new Ssh(hang)) {
      SshChannel first = ssh.open();
      for (int n = 1; n < 10; n++) {
        ssh.open();
      }
      CompletableFuture<SshChannel> waits = later(ssh);
      second.await();
      assertThat(waits).isNotDone();
      first.close();
      waits.join().close();
      ssh.open().close();
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
  }

  @Test
  @DisplayName("channels go on when the control socket is cleaned up, and then the process ends")
  void cleaned() throws IOException {
    try (Ssh ssh = new Ssh(this::login)) {
      SshChannel first = ssh.open();
      Files.delete(directory.resolve("m1/s"));
      SshChannel second = ssh.open();
      assertThat(logins).hasValue(2);
      assertThat(processes.getFirst().isAlive()).isTrue();
      first.close();
      processes.getFirst().onExit().join();
      assertThat(directory.resolve("m1")).doesNotExist();
      second.close();
      assertThat(processes.getLast().isAlive()).isTrue();
    }
  }

  @Test
  @DisplayName("a process whose host refuses a session ends with its last channel")
  void refused() throws IOException {
    sessions = 1;
    try (Ssh ssh = new Ssh(this::login)) {
      SshChannel first = ssh.open();
      ssh.open();
      assertThat(logins).hasValue(2);
      Files.writeString(directory.resolve("m1/s.XXXX"), "left");
      first.close();
      processes.getFirst().onExit().join();
      assertThat(directory.resolve("m1")).doesNotExist();
      sessions = 0;
      assertThatThrownBy(ssh::open).hasMessageContaining("allows this user no session");
      processes.getLast().onExit().join();
    }
  }

  @Test
  @DisplayName("a failed login is the answer to all that wait for it, and the next tries again")
  void failed() throws IOException {
    Ssh.Logins fail =
        () -> {
          if (logins.getAndIncrement() == 0) {
            throw new IOException("Permission denied");
          }
          return login();
        };
    try (Ssh ssh = new Ssh(fail)) {
      assertThatThrownBy(ssh::open).hasMessage("Permission denied");
      ssh.open().close();
    }
    Ssh closed = new Ssh(this::login);
    closed.close();
    assertThatThrownBy(closed::open).hasMessage("the connection was closed");
  }

  @Test
  @DisplayName("a process that does not end when it is asked to is killed a second later")
  void stubborn() throws IOException {
    Process stubborn =
        new ProcessBuilder("sh", "-c", "trap '' TERM; echo ready; exec sleep 600").start();
    processes.add(stubborn);
    assertThat(new String(stubborn.getInputStream().readNBytes(5), US_ASCII)).isEqualTo("ready");
    SshProcesses.end(stubborn.toHandle());
    assertThat(stubborn.onExit().join().exitValue()).isEqualTo(128 + 9);
  }
}
