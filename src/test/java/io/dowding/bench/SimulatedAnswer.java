package io.dowding.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** An answer of a simulated engine, written at once. */
record SimulatedAnswer(int status, String type, String body) {

  static SimulatedAnswer json(int status, String body) {
    return new SimulatedAnswer(status, "application/json", body);
  }

  static SimulatedAnswer refusal(int status, String message) {
    return json(status, "{\"message\":\"" + message + "\"}");
  }

  static SimulatedAnswer nothing() {
    return new SimulatedAnswer(204, "", "");
  }

  void writeTo(OutputStream out) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + status
            + " .\r\nApi-Version: 1.41\r\nServer: Docker/20.10.24 (linux)\r\n"
            + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
            + (status == 204 ? "" : "Content-Length: " + bytes.length + "\r\n")
            + "\r\n";
    byte[] all = new byte[head.length() + bytes.length];
    System.arraycopy(head.getBytes(StandardCharsets.ISO_8859_1), 0, all, 0, head.length());
    System.arraycopy(bytes, 0, all, head.length(), bytes.length);
    out.write(all);
  }
}
