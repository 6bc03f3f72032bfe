package io.dowding.etcd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Finds out whether a server that is asked without TLS demands it: gRPC reports that only at times,
 * and not why.
 */
final class PlainProbe {

  private static final int PATIENCE_MILLIS = 1000;

  /** How HTTP/2 begins, with an empty frame of settings. */
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

  /** The first byte of an HTTP/2 server: a frame of settings is shorter than 64 KiB. */
  private static final int ANSWER = 0;

  private PlainProbe() {}

  /** Whether one of the endpoints accepts connections, but not HTTP/2 without TLS. */
  static boolean findsTls(EtcdSettings settings) {
    return !settings.isTls() && settings.endpoints().stream().anyMatch(PlainProbe::isTls);
  }

  private static boolean isTls(String endpoint) {
    URI uri = URI.create(endpoint);
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(PREFACE);
      return socket.getInputStream().read() != ANSWER;
    } catch (IOException | IllegalArgumentException silent) {
      return false;
    }
  }
}
