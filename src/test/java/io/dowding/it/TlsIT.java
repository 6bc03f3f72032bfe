package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.docker.DockerSettings;
import io.dowding.docker.Survey;
import io.dowding.model.Host;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("An engine behind TLS with client certificates")
class TlsIT {

  private static final char[] PASSWORD = "none".toCharArray();

  private final URI engine = URI.create(Testbed.shared().hosts().getFirst().endpoint());
  @TempDir private Path directory = Path.of("");
  private SSLServerSocket server;

  @BeforeEach
  void serve() throws Exception {
    authority("ours");
    authority("another");
    certificate("ours", "server", "-addext", "subjectAltName=IP:127.0.0.1");
    certificate("ours", "cert");
    certificate("another", "cert");
    server =
        (SSLServerSocket)
            context()
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setNeedClientAuth(true);
    Thread.ofVirtual().start(this::accept);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private void openssl(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "openssl";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Shell.run(command);
  }

  private String path(String authority, String file) {
    return directory.resolve(authority).resolve(file).toString();
  }

  private void authority(String name) throws IOException {
    Files.createDirectories(directory.resolve(name));
    openssl(
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=" + name,
        "-keyout",
        path(name, "ca-key.pem"),
        "-out",
        path(name, "ca.pem"));
  }

  private void certificate(String authority, String name, String... more) {
    String request = path(authority, name + ".csr");
    String key = path(authority, name.equals("cert") ? "key.pem" : name + "-key.pem");
    String[] command = {
      "req",
      "-new",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-subj",
      "/CN=" + name,
      "-keyout",
      key,
      "-out",
      request
    };
    String[] all = Arrays.copyOf(command, command.length + more.length);
    System.arraycopy(more, 0, all, command.length, more.length);
    openssl(all);
    openssl(
        "x509",
        "-req",
        "-days",
        "2",
        "-copy_extensions",
        "copy",
        "-CAcreateserial",
        "-in",
        request,
        "-CA",
        path(authority, "ca.pem"),
        "-CAkey",
        path(authority, "ca-key.pem"),
        "-out",
        path(authority, name + ".pem"));
  }

  private SSLContext context() throws GeneralSecurityException, IOException {
    openssl(
        "pkcs12",
        "-export",
        "-in",
        path("ours", "server.pem"),
        "-inkey",
        path("ours", "server-key.pem"),
        "-out",
        path("ours", "server.p12"),
        "-passout",
        "pass:" + new String(PASSWORD));
    KeyStore own = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(path("ours", "server.p12")))) {
      own.load(in, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, PASSWORD);
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream in = Files.newInputStream(Path.of(path("ours", "ca.pem")))) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket upstream = new Socket(engine.getHost(), engine.getPort());
        Thread.ofPlatform().daemon().start(() -> pipe(client, upstream));
        Thread.ofPlatform().daemon().start(() -> pipe(upstream, client));
      } catch (IOException closed) {
        // The loop checks whether the server is closed.
      }
    }
  }

  private static void pipe(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException broken) {
      // Both ends are closed.
    }
  }

  private Survey.Answer ask(DockerSettings settings) throws InterruptedException {
    return ask(settings, server.getLocalPort());
  }

  private static Survey.Answer ask(DockerSettings settings, int port) throws InterruptedException {
    Host host = new Host("host1", "tcp://127.0.0.1:" + port, Set.of(), Map.of());
    try (Survey survey = new Survey(settings)) {
      return survey.ask(Set.of(host)).values().iterator().next();
    }
  }

  @Test
  @DisplayName("is only used with the right certificates")
  void certificates() throws InterruptedException {
    DockerSettings settings = DockerSettings.QUICK;
    assertThat(ask(settings.withCertificates(directory.resolve("ours"))).problem()).isEmpty();
    assertThat(ask(settings.withCertificates(directory.resolve("another"))).problem()).isNotEmpty();
    assertThat(ask(settings).problem()).isNotEmpty();
  }

  @Test
  @DisplayName("is not used if it offers nothing newer than TLS 1.1")
  void old() throws Exception {
    int port = Testbed.shared().freePort();
    Process old =
        new ProcessBuilder(
                "openssl",
                "s_server",
                "-tls1_1",
                "-cipher",
                "ALL:@SECLEVEL=0",
                "-accept",
                Integer.toString(port),
                "-cert",
                path("ours", "server.pem"),
                "-key",
                path("ours", "server-key.pem"))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Testbed.shared().remember(old);
      DockerSettings settings = DockerSettings.QUICK.withCertificates(directory.resolve("ours"));
      await()
          .atMost(TestCluster.SOON)
          .untilAsserted(
              () ->
                  assertThat(ask(settings, port).problem())
                      .contains("does not offer TLS 1.2 or newer"));
    } finally {
      old.destroyForcibly().onExit().join();
    }
  }

  @Test
  @DisplayName("is not used if the server's certificate is wrong")
  void anotherServer() throws Exception {
    // The server accepts this client's certificate, but the client has another CA.
    for (String file : Set.of("cert.pem", "key.pem")) {
      Files.copy(
          directory.resolve("ours").resolve(file),
          directory.resolve("another").resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
    DockerSettings settings = DockerSettings.QUICK.withCertificates(directory.resolve("another"));
    assertThat(ask(settings).problem()).contains("is not signed by", "ca.pem");
  }
}
