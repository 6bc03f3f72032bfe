package io.dowding.docker;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;

/** A command that runs in a container, attached to this process. Closing it detaches. */
public final class RemoteProcess implements AutoCloseable {

  private final Attached attached;
  private final boolean tty;
  private final IntSupplier exit;
  private final BiConsumer<Integer, Integer> resize;

  /** Receives what it writes. */
  @FunctionalInterface
  public interface Sink {
    void accept(boolean error, byte[] bytes, int length) throws IOException;
  }

  RemoteProcess(
      Attached attached, boolean tty, IntSupplier exit, BiConsumer<Integer, Integer> resize) {
    this.attached = attached;
    this.tty = tty;
    this.exit = exit;
    this.resize = resize;
  }

  /** What is written here is its input. */
  public OutputStream input() throws IOException {
    return attached.output();
  }

  /** There is no more input. */
  public void endInput() throws IOException {
    attached.endOutput();
  }

  /** The size of its terminal. */
  public void resize(int rows, int columns) {
    resize.accept(rows, columns);
  }

  /** Passes on its output until it ends. */
  public void output(Sink sink) throws IOException {
    if (!tty) {
      LogLines.each(attached.input(), sink::accept);
      return;
    }
    byte[] buffer = new byte[8192];
    for (int read = attached.input().read(buffer);
        read >= 0;
        read = attached.input().read(buffer)) {
      sink.accept(false, buffer, read);
    }
  }

  /** Its exit code, once the output has ended. */
  public int exitCode() {
    return exit.getAsInt();
  }

  @Override
  public void close() {
    attached.close();
  }
}
