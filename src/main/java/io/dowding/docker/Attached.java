package io.dowding.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** A connection of which both directions are streams, after a request was answered. */
final class Attached implements AutoCloseable {

  private final Socket socket;
  private final InputStream input;

  /**
   * @param input the rest of the answer, including what was already read
   */
  Attached(Socket socket, InputStream input) {
    this.socket = socket;
    this.input = input;
  }

  InputStream input() {
    return input;
  }

  OutputStream output() throws IOException {
    return socket.getOutputStream();
  }

  void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      // It is not needed any more.
    }
  }
}
