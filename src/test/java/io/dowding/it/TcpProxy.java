package io.dowding.it;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** A proxy in front of a server. It can cut connections while the server keeps running. */
final class TcpProxy implements AutoCloseable {

  private final ServerSocket server;
  private final URI target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> swallowed = ConcurrentHashMap.newKeySet();
  private final Queue<Asked> changes = new ConcurrentLinkedQueue<>();
  private final Supplier<Listener> listeners;
  private final AtomicInteger lists = new AtomicInteger();
  private volatile boolean cut;
  private volatile boolean idle;

  /** Receives what one client sends. */
  interface Listener {
    void sent(byte[] buffer, int length);
  }

  /** A request line that may change anything, and its time of arrival. */
  record Asked(long nanos, String line) {}

  TcpProxy(String target) {
    this(target, () -> (buffer, length) -> {});
  }

  /** Creates a proxy with a listener for each connection. */
  TcpProxy(String target, Supplier<Listener> listeners) {
    this(target, "127.0.0.1", listeners);
  }

  private TcpProxy(String target, String address, Supplier<Listener> listeners) {
    this.listeners = listeners;
    try {
      this.target = URI.create(target);
      this.server = new ServerSocket(0, 50, InetAddress.ofLiteral(address));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Creates a proxy at an address of this machine. */
  static TcpProxy at(String address, String target) {
    return new TcpProxy(target, address, () -> (buffer, length) -> {});
  }

  String endpoint() {
    return "http://" + server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
  }

  /** The endpoint as in an inventory. */
  String docker() {
    return "tcp://127.0.0.1:" + server.getLocalPort();
  }

  void cut() {
    cut = true;
    open.forEach(TcpProxy::close);
    open.clear();
  }

  /** The request lines that may change anything. */
  List<String> changes() {
    return changes.stream().map(Asked::line).toList();
  }

  /** The same, with the time of arrival. */
  List<Asked> asked() {
    return List.copyOf(changes);
  }

  /** The number of requests that listed all containers. */
  int lists() {
    return lists.get();
  }

  private void witness(byte[] buffer, int length, Socket client) {
    String head = new String(buffer, 0, Math.min(length, 300), StandardCharsets.US_ASCII);
    String first = head.lines().findFirst().orElse("");
    if (first.matches("(POST|PUT|DELETE) .* HTTP/1.1")) {
      changes.add(new Asked(System.nanoTime(), first));
      if (idle) {
        swallowed.add(client);
      }
    } else if (first.contains("/containers/json")) {
      lists.incrementAndGet();
    }
  }

  /** Drops all data of the current connections but keeps them open; new ones work. */
  void swallow() {
    swallowed.addAll(open);
  }

  /** Drops all further requests that may change anything, without an answer. */
  void idle() {
    idle = true;
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
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException closed) {
        // The loop checks whether the server is closed.
      }
    }
  }

  private void connect(Socket client) {
    try {
      Socket other = new Socket();
      other.connect(new InetSocketAddress(target.getHost(), target.getPort()), 5000);
      open.add(client);
      open.add(other);
      Listener listener = listeners.get();
      Thread.ofVirtual()
          .start(
              () ->
                  pipe(
                      client,
                      other,
                      (buffer, length) -> {
                        witness(buffer, length, client);
                        listener.sent(buffer, length);
                      }));
      pipe(other, client, (buffer, length) -> {});
    } catch (IOException refused) {
      close(client);
    }
  }

  private void pipe(Socket from, Socket to, Listener listener) {
    try {
      byte[] buffer = new byte[64 * 1024];
      for (int read = from.getInputStream().read(buffer);
          read >= 0;
          read = from.getInputStream().read(buffer)) {
        listener.sent(buffer, read);
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
      // Nothing to do.
    }
  }

  @Override
  public void close() {
    cut();
    close(server);
  }
}
