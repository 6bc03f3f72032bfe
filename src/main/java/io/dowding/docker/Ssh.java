package io.dowding.docker;

import io.dowding.model.SshEndpoint;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one host's engine through this machine's ssh, with everything that the user has
 * configured for it: keys, known hosts, jump hosts. As with {@code docker -H ssh://}, a connection
 * is the input and output of {@code docker system dial-stdio} on the host. Connections are channels
 * of one ssh process, and of another one when that has no room for more. Thread-safe.
 */
final class Ssh implements AutoCloseable {

  private static final String COMMAND = "docker system dial-stdio";

  private final Logins logins;

  /** Guards all that follows; not held during logins. */
  private final ReentrantLock state = new ReentrantLock();

  private final Condition changed = state.newCondition();
  private final List<SshMaster> masters = new ArrayList<>();
  private @Nullable Login login;
  private int waiting;
  private boolean closed;

  /** Logs in. */
  @FunctionalInterface
  interface Logins {
    /**
     * Logs in at the host. An interrupt ends it.
     *
     * @throws IOException with what to do
     */
    SshMaster start() throws IOException;
  }

  /** A login under way, for all that wait for a connection. */
  private static final class Login {
    private @Nullable Thread thread;
    private boolean done;
    private @Nullable IOException failure;
  }

  /**
   * Does not connect yet. The first login needs no turn, because {@link Connection#open} has one.
   *
   * @param config the file that replaces the user's ssh configuration, or null
   * @param connect the time limit of connecting, without the login
   */
  Ssh(SshEndpoint to, @Nullable Path config, Duration connect) {
    AtomicBoolean first = new AtomicBoolean(true);
    this(() -> login(to, config, connect, first.getAndSet(false)));
  }

  Ssh(Logins logins) {
    this.logins = logins;
  }

  private static SshMaster login(
      SshEndpoint to, @Nullable Path config, Duration connect, boolean hasTurn) throws IOException {
    boolean well = false;
    try (SshTurns.Turn _ = hasTurn ? SshTurns.Turn.NONE : SshTurns.ALL.take(to)) {
      SshMaster master = SshMaster.start(to, config, connect);
      well = true;
      return master;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } finally {
      SshTurns.ALL.ended(to, well);
    }
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
    while (true) {
      SshMaster in = place();
      try {
        return in.open(COMMAND, this::changed);
      } catch (SshChannel.Full full) {
        // It says from now on that it has no room.
      }
    }
  }

  private void changed() {
    state.lock();
    try {
      changed.signalAll();
    } finally {
      state.unlock();
    }
  }

  /** Takes a place for a channel: of a process that has one, or gets one, or of another login. */
  private SshMaster place() throws IOException {
    state.lock();
    waiting++;
    SshMaster found = null;
    try {
      Login begun = null;
      for (found = taken(); found == null; found = taken()) {
        if (begun == null || begun.done) {
          if (begun != null && begun.failure != null) {
            throw begun.failure;
          }
          begun = login == null ? begin() : login;
        }
        changed.await();
      }
      return found;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } finally {
      waiting--;
      if (found == null && waiting == 0) {
        stop();
      }
      state.unlock();
    }
  }

  private @Nullable SshMaster taken() throws IOException {
    if (closed) {
      throw new IOException("the connection was closed");
    }
    masters.removeIf(SshMaster::isGone);
    for (SshMaster master : masters) {
      if (master.reserve()) {
        return master;
      }
    }
    return null;
  }

  private Login begin() {
    Login begun = new Login();
    login = begun;
    begun.thread = Thread.startVirtualThread(() -> run(begun));
    return begun;
  }

  private void stop() {
    Login present = login;
    login = null;
    if (present != null && present.thread != null) {
      present.thread.interrupt();
    }
  }

  private void run(Login begun) {
    SshMaster started = null;
    IOException failure = null;
    try {
      started = logins.start();
    } catch (IOException failed) {
      failure = failed;
    } catch (RuntimeException failed) {
      failure = new IOException(failed);
    }
    state.lock();
    try {
      begun.done = true;
      begun.failure = failure;
      if (login == begun) {
        login = null;
      }
      if (started != null && closed) {
        started.close();
      } else if (started != null) {
        masters.add(started);
      }
      changed.signalAll();
    } finally {
      state.unlock();
    }
  }

  /** Ends all connections. */
  @Override
  public void close() {
    state.lock();
    try {
      closed = true;
      stop();
      masters.forEach(SshMaster::close);
      masters.clear();
      changed.signalAll();
    } finally {
      state.unlock();
    }
  }
}
