package io.dowding.it;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a server that can be cut while the server goes on. */
final class TcpProxy implements AutoCloseable {

  private final ServerSocket server;
  private final URI target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> swallowed = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  TcpProxy(String target) {
    try {
      this.target = URI.create(target);
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    Thread.ofVirtual().start(this::accept);
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  void cut() {
    cut = true;
    open.forEach(TcpProxy::close);
    open.clear();
  }

  /** The connections that there are stay open and carry nothing any more; new ones work. */
  void swallow() {
    swallowed.addAll(open);
  }

  void heal() {
    cut = false;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (cut) {
          close(client);
          continue;
        }
        Socket other = new Socket(target.getHost(), target.getPort());
        open.add(client);
        open.add(other);
        Thread.ofVirtual().start(() -> pipe(client, other));
        Thread.ofVirtual().start(() -> pipe(other, client));
      } catch (IOException refused) {
        // The client sees its connection closed.
      }
    }
  }

  private void pipe(Socket from, Socket to) {
    try {
      byte[] buffer = new byte[64 * 1024];
      for (int read = from.getInputStream().read(buffer);
          read >= 0;
          read = from.getInputStream().read(buffer)) {
        if (!swallowed.contains(from)) {
          to.getOutputStream().write(buffer, 0, read);
        }
      }
    } catch (IOException broken) {
      // Both ends are closed below.
    } finally {
      close(from);
      close(to);
    }
  }

  private static void close(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException alreadyClosed) {
      // That is what was wanted.
    }
  }

  @Override
  public void close() {
    cut();
    close(server);
  }
}
