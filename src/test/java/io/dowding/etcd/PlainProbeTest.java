package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A server that is asked without TLS")
class PlainProbeTest {

  private static final byte[] ALERT = {21, 3, 3, 0, 2, 2, 10};
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  private static boolean findsTls(byte... answer) throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answer(server, answer));
      return PlainProbe.findsTls(EtcdSettings.at("http://127.0.0.1:" + server.getLocalPort()));
    }
  }

  private static void answer(ServerSocket server, byte... answer) {
    try (Socket client = server.accept()) {
      client.getOutputStream().write(answer);
      client.getInputStream().readNBytes(1);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @Test
  @DisplayName("demands TLS if it answers with anything but HTTP/2, or closes the connection")
  void tls() throws IOException {
    assertThat(findsTls(ALERT)).isTrue();
    assertThat(findsTls()).isTrue();
  }

  @Test
  @DisplayName("demands none if it answers with HTTP/2")
  void plain() throws IOException {
    assertThat(findsTls(SETTINGS)).isFalse();
  }

  @Test
  @DisplayName("demands none if it is not there, or is asked with TLS")
  void silent() throws IOException {
    int port;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }
    assertThat(PlainProbe.findsTls(EtcdSettings.at("http://127.0.0.1:" + port))).isFalse();
    assertThat(PlainProbe.findsTls(EtcdSettings.at("https://127.0.0.1:" + port))).isFalse();
  }
}
