package io.dowding.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The floor of many starts: create and start by the bare API, and nothing else. */
final class BareStarts {

  private static final String BODY =
      "{\"Image\":\"demo:1\",\"Cmd\":[\"serve\"],\"Labels\":{\"a\":\"b\"},\"HostConfig\":{}}";

  private BareStarts() {}

  /**
   * Starts containers, the same number on each host.
   *
   * @param atOnce on one host
   * @return seconds
   */
  static double measure(Hosts hosts, int containers, int atOnce) throws Exception {
    List<Future<?>> all = new ArrayList<>();
    long begun = System.nanoTime();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int host = 0; host < hosts.count(); host++) {
        int share = containers / hosts.count() + (host < containers % hosts.count() ? 1 : 0);
        for (int lane = 0; lane < Math.min(atOnce, share); lane++) {
          int own = share / atOnce + (lane < share % atOnce ? 1 : 0);
          InetSocketAddress address =
              new InetSocketAddress(SimulatedHosts.address(host), hosts.port());
          String name = "bare-" + lane + "-";
          all.add(workers.submit(() -> start(address, name, own)));
        }
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    return (System.nanoTime() - begun) / 1e9;
  }

  private static void start(InetSocketAddress address, String name, int containers) {
    try (Socket socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.connect(address);
      for (int n = 0; n < containers; n++) {
        String made = send(socket, "/v1.41/containers/create?name=" + name + n, BODY);
        String id = made.substring(made.indexOf("{\"Id\":\"") + 7);
        send(socket, "/v1.41/containers/" + id.substring(0, id.indexOf('"')) + "/start", "");
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static String send(Socket socket, String path, String body) throws IOException {
    return send(socket, "POST", path, body);
  }

  static String ask(Socket socket, String method, String path) throws IOException {
    return send(socket, method, path, "");
  }

  private static String send(Socket socket, String method, String path, String body)
      throws IOException {
    String request =
        "%s %s HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(method, path, body.length(), body);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[4096];
    int read = in.read(buffer);
    if (read < 0) {
      throw new IOException("the engine closed the connection");
    }
    // Simulated engines write an answer at once.
    return new String(buffer, 0, read, StandardCharsets.UTF_8);
  }
}
