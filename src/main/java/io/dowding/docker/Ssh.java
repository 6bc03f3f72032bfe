package io.dowding.docker;

import io.dowding.model.SshEndpoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one host's engine through this machine's ssh, with everything that the user has
 * configured for it: keys, known hosts, jump hosts. As with {@code docker -H ssh://}, a connection
 * is the input and output of {@code docker system dial-stdio} on the host. All connections are
 * channels of one ssh process; of more only if the host allows few sessions per connection.
 * Thread-safe.
 */
final class Ssh implements AutoCloseable {

  private static final String COMMAND = "docker system dial-stdio";

  /**
   * Of this process. A login costs a tenth of a second of processor time; hundreds at once would
   * all be too slow.
   */
  private static final Semaphore LOGINS = new Semaphore(32, true);

  private final SshEndpoint to;
  private final @Nullable Path config;
  private final Duration connect;
  private final ReentrantLock opening = new ReentrantLock();
  private final List<SshMaster> masters = new CopyOnWriteArrayList<>();
  private volatile @Nullable Process last;
  private volatile boolean closed;

  /**
   * Does not connect yet.
   *
   * @param config the file that replaces the user's ssh configuration, or null
   * @param connect the time limit of connecting, without the login
   */
  Ssh(SshEndpoint to, @Nullable Path config, Duration connect) {
    this.to = to;
    this.config = config;
    this.connect = connect;
  }

  /** A socket, to be connected. */
  Socket socket() throws SocketException {
    return new SshSocket(this);
  }

  /**
   * A connection to the engine.
   *
   * @throws IOException with what to do
   */
  SshChannel open() throws IOException {
    try {
      opening.lockInterruptibly();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
    try {
      masters.removeIf(SshMaster::isGone);
      for (SshMaster master : masters) {
        if (master.hasRoom()) {
          try {
            return master.open(COMMAND);
          } catch (SshChannel.Full full) {
            // The next connection has as many sessions again.
          }
        }
      }
      return another();
    } finally {
      opening.unlock();
    }
  }

  private SshChannel another() throws IOException {
    SshMaster master = login();
    masters.add(master);
    if (closed) {
      close();
      throw new IOException("the connection was closed");
    }
    try {
      return master.open(COMMAND);
    } catch (SshChannel.Full none) {
      master.close();
      throw new IOException(
          "its SSH server allows this user no session: correct MaxSessions or ForceCommand there",
          none);
    }
  }

  private SshMaster login() throws IOException {
    try {
      LOGINS.acquire();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
    try {
      return SshMaster.start(to, config, connect, this::starting);
    } finally {
      LOGINS.release();
    }
  }

  private void starting(Process process) {
    last = process;
    if (closed) {
      process.destroyForcibly();
    }
  }

  /** Ends all connections. */
  @Override
  public void close() {
    closed = true;
    Process loggingIn = last;
    if (loggingIn != null) {
      loggingIn.destroyForcibly();
    }
    masters.forEach(SshMaster::close);
    masters.clear();
  }
}
