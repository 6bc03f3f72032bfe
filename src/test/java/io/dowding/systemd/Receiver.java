package io.dowding.systemd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** A Unix datagram socket, as systemd has one. */
final class Receiver implements AutoCloseable {

  private static final int LONGEST = 4096;

  private final Arena arena = Arena.ofConfined();
  private final int socket;

  /**
   * @param path of its file, or with a leading {@code @}
   */
  Receiver(String path) {
    byte[] name = path.replaceFirst("^@", "\0").getBytes(StandardCharsets.UTF_8);
    MemorySegment address = arena.allocate(2 + name.length);
    address.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) 1);
    MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
    socket =
        (int)
            call("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), 1, 2, 0);
    int bound =
        (int)
            call(
                "bind",
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
                socket,
                address,
                (int) address.byteSize());
    if (bound != 0) {
      throw new IllegalStateException(path + " cannot be bound");
    }
  }

  @SuppressWarnings("restricted")
  private static Object call(String name, FunctionDescriptor of, Object... arguments) {
    Linker linker = Linker.nativeLinker();
    try {
      return linker
          .downcallHandle(linker.defaultLookup().findOrThrow(name), of)
          .invokeWithArguments(arguments);
    } catch (Throwable failed) {
      throw new IllegalStateException(failed);
    }
  }

  /** The next message; waits for it. */
  String next() {
    MemorySegment buffer = arena.allocate(LONGEST);
    long length =
        (long)
            call(
                "recv",
                FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT),
                socket,
                buffer,
                (long) LONGEST,
                0);
    byte[] bytes = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    call("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), socket);
    arena.close();
  }
}
