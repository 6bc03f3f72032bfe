package io.dowding.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** An answer of a simulated engine, written at once. */
record SimulatedAnswer(int status, String type, byte[] body) {

  static SimulatedAnswer json(int status, String body) {
    return new SimulatedAnswer(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
  }

  static SimulatedAnswer refusal(int status, String message) {
    return json(status, "{\"message\":\"" + message + "\"}");
  }

  static SimulatedAnswer nothing() {
    return new SimulatedAnswer(204, "", new byte[0]);
  }

  void writeTo(OutputStream out) throws IOException {
    String head =
        "HTTP/1.1 "
            + status
            + " .\r\nApi-Version: 1.41\r\nDocker-Experimental: false\r\nOstype: linux\r\n"
            + "Server: Docker/20.10.24 (linux)\r\n"
            + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
            + (status == 204 ? "" : "Content-Length: " + body.length + "\r\n")
            + "\r\n";
    byte[] all = new byte[head.length() + body.length];
    byte[] first = head.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(body, 0, all, first.length, body.length);
    out.write(all);
  }
}
