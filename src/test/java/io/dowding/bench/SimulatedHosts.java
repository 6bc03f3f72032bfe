package io.dowding.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Docker hosts that are not real, over real HTTP: {@code SimulatedHosts PORT START_MILLIS}. One
 * server listens on all of 127.0.0.0/8; the address at which a connection arrives tells which host
 * is meant. It runs in a process of its own, so that its processor time can be told apart. At
 * 127.0.0.1 it answers questions about itself: see {@link Hosts}.
 */
final class SimulatedHosts {

  private static final int BACKLOG = 8192;
  private static final int PER_NETWORK = 250;

  private final Map<InetAddress, SimulatedEngine> engines = new ConcurrentHashMap<>();
  private final Duration start;
  private final Tally tally = new Tally();

  private SimulatedHosts(Duration start) {
    this.start = start;
  }

  /** The address of the n-th host. */
  static String address(int n) {
    return "127.1." + n / PER_NETWORK + "." + (n % PER_NETWORK + 1);
  }

  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    new SimulatedHosts(Duration.ofMillis(Long.parseLong(arguments[1]))).serve(port);
  }

  private void serve(int port) throws IOException {
    try (ServerSocket server = new ServerSocket()) {
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress("0.0.0.0", port), BACKLOG);
      while (true) {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> connection(socket));
      }
    }
  }

  private void connection(Socket socket) {
    InetAddress address = socket.getLocalAddress();
    try (socket) {
      socket.setTcpNoDelay(true);
      BufferedInputStream in = new BufferedInputStream(socket.getInputStream(), 2048);
      boolean isControl = address.getHostAddress().equals("127.0.0.1");
      SimulatedEngine engine =
          isControl
              ? null
              : engines.computeIfAbsent(
                  address, a -> new SimulatedEngine(a.getHostAddress(), start, tally));
      while (true) {
        SimulatedRequest request = SimulatedRequest.read(in);
        if (request == null) {
          return;
        }
        if (engine == null) {
          control(request).writeTo(socket.getOutputStream());
        } else if (engine.isDead()) {
          return;
        } else if (request.is("GET", "events")) {
          engine.listen(socket, in);
          return;
        } else {
          engine.answer(request).writeTo(socket.getOutputStream());
        }
      }
    } catch (IOException gone) {
      // The client has closed the connection.
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private SimulatedAnswer control(SimulatedRequest request)
      throws IOException, InterruptedException {
    if (request.is("POST", "dead")) {
      String address = request.query("host");
      engines.get(InetAddress.getByName(address)).die();
    } else if (request.is("GET", "await")) {
      tally.await(
          Long.parseLong(request.query("running")),
          Duration.ofMillis(Long.parseLong(request.query("millis"))));
    }
    return SimulatedAnswer.json(200, tally.json());
  }
}
