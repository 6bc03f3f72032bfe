package io.dowding.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketTimeoutException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection through SSH as the HTTP client needs it. Options of TCP have no effect. */
final class SshSocket extends Socket {

  /** For short tasks. */
  static final ScheduledThreadPoolExecutor TIMERS = timers();

  private final Ssh ssh;
  private volatile @Nullable SshChannel channel;
  private volatile boolean closed;
  private volatile int silence;

  SshSocket(Ssh ssh) throws SocketException {
    super((SocketImpl) null);
    this.ssh = ssh;
  }

  private static ScheduledThreadPoolExecutor timers() {
    var timers =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("ssh-timers").factory());
    timers.setRemoveOnCancelPolicy(true);
    return timers;
  }

  /** The address and the time limit are those of the host's settings. */
  @Override
  public void connect(SocketAddress ignored, int alsoIgnored) throws IOException {
    channel = ssh.open();
    if (closed) {
      close();
      throw new SocketException("Socket closed");
    }
  }

  private SshChannel open() throws SocketException {
    SshChannel present = channel;
    if (present == null || closed) {
      throw new SocketException("Socket closed");
    }
    return present;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    SshChannel of = open();
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] to, int offset, int length) throws IOException {
        return length == 0 ? 0 : SshSocket.this.read(of, to, offset, length);
      }
    };
  }

  private int read(SshChannel of, byte[] to, int offset, int length) throws IOException {
    int most = silence;
    if (most == 0) {
      return of.read(to, offset, length);
    }
    ScheduledFuture<?> late = TIMERS.schedule(of::close, most, TimeUnit.MILLISECONDS);
    try {
      return of.read(to, offset, length);
    } catch (IOException broken) {
      if (late.isDone()) {
        SocketTimeoutException timeout = new SocketTimeoutException("Read timed out");
        timeout.addSuppressed(broken);
        throw timeout;
      }
      throw broken;
    } finally {
      late.cancel(false);
    }
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    SshChannel of = open();
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] from, int offset, int length) throws IOException {
        of.write(from, offset, length);
      }
    };
  }

  @Override
  public void shutdownOutput() throws IOException {
    open().endOutput();
  }

  @Override
  public void shutdownInput() {
    // Closing does it.
  }

  @Override
  public void close() {
    closed = true;
    SshChannel last = channel;
    if (last != null) {
      last.close();
    }
  }

  @Override
  public boolean isConnected() {
    return channel != null;
  }

  @Override
  public boolean isBound() {
    return channel != null;
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public void setSoTimeout(int millis) {
    silence = millis;
  }

  @Override
  public int getSoTimeout() {
    return silence;
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return null;
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return null;
  }

  @Override
  public void setTcpNoDelay(boolean on) {}

  @Override
  public void setKeepAlive(boolean on) {}

  @Override
  public void setReuseAddress(boolean on) {}

  @Override
  public void setSoLinger(boolean on, int seconds) {}
}
