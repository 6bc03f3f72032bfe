package io.dowding.docker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that gives every request the same answer, and records the requests. */
final class CannedServer implements AutoCloseable {

  private final ServerSocket server;
  private final Reply reply;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** Writes an answer; then the connection is closed. */
  interface Reply {
    void write(OutputStream out) throws IOException, InterruptedException;
  }

  CannedServer(String answer) {
    this(out -> out.write(answer.getBytes(StandardCharsets.ISO_8859_1)));
  }

  CannedServer(Reply reply) {
    this.reply = reply;
    try {
      this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** An answer with a JSON body and its length. */
  static String json(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\n\r\n"
        + body;
  }

  String docker() {
    return "tcp://127.0.0.1:" + server.getLocalPort();
  }

  String address() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** The request lines of all requests. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> answer(client));
      } catch (IOException closed) {
        // The loop checks whether the server is closed.
      }
    }
  }

  private void answer(Socket client) {
    try (client) {
      byte[] head = new byte[8192];
      int read = client.getInputStream().read(head);
      String text = new String(head, 0, Math.max(0, read), StandardCharsets.ISO_8859_1);
      asked.add(text.lines().findFirst().orElse(""));
      reply.write(client.getOutputStream());
      client.getOutputStream().flush();
    } catch (IOException | InterruptedException gone) {
      // The client closed the connection.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException alreadyClosed) {
      // Nothing to do.
    }
  }
}
