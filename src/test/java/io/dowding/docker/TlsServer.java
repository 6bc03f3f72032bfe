package io.dowding.docker;

import io.dowding.tls.Authority;
import io.dowding.tls.Authority.Issued;
import io.dowding.tls.Authority.Validity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A server with TLS that demands certificates and gives each request the same answer. */
final class TlsServer implements AutoCloseable {

  private final SSLServerSocket server;
  private final String answer;
  private final List<String> clients = new CopyOnWriteArrayList<>();

  /**
   * @param directory its certificates, as for a client
   */
  TlsServer(Path directory, String answer) {
    this(directory, answer, InetAddress.getLoopbackAddress());
  }

  TlsServer(Path directory, String answer, InetAddress address) {
    this.answer = answer;
    try {
      server =
          (SSLServerSocket)
              Tls.of(directory)
                  .context()
                  .getServerSocketFactory()
                  .createServerSocket(0, 50, address);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    server.setNeedClientAuth(true);
    Thread.ofVirtual().start(this::accept);
  }

  /** An hour ago to in an hour. */
  static Validity valid() {
    Instant now = Instant.now();
    return new Validity(now.minus(Duration.ofHours(1)), now.plus(Duration.ofHours(1)));
  }

  static Validity expired() {
    Instant now = Instant.now();
    return new Validity(now.minus(Duration.ofHours(2)), now.minus(Duration.ofHours(1)));
  }

  /** Writes the three files. */
  static Path write(Path directory, Authority authority, Issued issued) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("ca.pem"), authority.certificate());
    Files.writeString(directory.resolve("cert.pem"), issued.certificate());
    Files.writeString(directory.resolve("key.pem"), issued.key());
    return directory;
  }

  String docker() {
    String address = server.getInetAddress().getHostAddress();
    return "tcp://"
        + (address.contains(":") ? "[" + address + "]" : address)
        + ":"
        + server.getLocalPort();
  }

  /** The names of the clients whose requests were answered. */
  List<String> clients() {
    return clients;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve((SSLSocket) client));
      } catch (IOException closed) {
        // The loop checks whether it is closed.
      }
    }
  }

  private void serve(SSLSocket client) {
    try (client;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1))) {
      String request = "";
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        request = request.isEmpty() ? line : request;
        if (line.isEmpty()) {
          clients.add(client.getSession().getPeerPrincipal().getName());
          String said = request.contains("/plugins") ? CannedServer.json("[]") : answer;
          request = "";
          client.getOutputStream().write(said.getBytes(StandardCharsets.ISO_8859_1));
          client.getOutputStream().flush();
        }
      }
    } catch (IOException refused) {
      // The client reports it.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
