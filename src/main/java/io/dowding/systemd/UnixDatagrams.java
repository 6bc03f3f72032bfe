package io.dowding.systemd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/** Sends datagrams to a Unix socket. Thread-safe. */
public final class UnixDatagrams {

  private static final short AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;

  /** A full queue of the receiver must not stop this process. */
  private static final int MSG_DONTWAIT = 0x40;

  private static final int MSG_NOSIGNAL = 0x4000;

  /** The size of {@code sun_path}. */
  private static final int LONGEST_PATH = 108;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SOCKET =
      function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle SENDTO =
      function(
          "sendto",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final byte[] address;

  /**
   * @param path absolute, or with a leading {@code @} for a name in the abstract namespace
   * @throws IllegalArgumentException if it is neither, or too long
   */
  public UnixDatagrams(String path) {
    byte[] name = path.getBytes(StandardCharsets.UTF_8);
    boolean isAbstract = path.startsWith("@");
    if ((!isAbstract && !path.startsWith("/")) || name.length >= LONGEST_PATH) {
      throw new IllegalArgumentException(
          path
              + " is not the path of a socket: use less than "
              + LONGEST_PATH
              + " bytes and a leading / or @");
    }
    if (isAbstract) {
      name[0] = 0;
    }
    this.address = name;
  }

  @SuppressWarnings("restricted") // The launcher enables native access.
  private static MethodHandle function(String name, FunctionDescriptor of) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), of, Linker.Option.captureCallState("errno"));
  }

  /**
   * Sends one message. Does not wait.
   *
   * @throws IOException if it could not be sent
   */
  public void send(String message) throws IOException {
    send(message.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The same.
   *
   * @throws IOException if it could not be sent
   */
  public void send(byte[] bytes) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int socket = (int) SOCKET.invokeExact(state, (int) AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
      check("socket", socket, state);
      try {
        MemorySegment to = to(arena);
        long sent =
            (long)
                SENDTO.invokeExact(
                    state,
                    socket,
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes),
                    (long) bytes.length,
                    MSG_DONTWAIT | MSG_NOSIGNAL,
                    to,
                    (int) to.byteSize());
        check("sendto", sent, state);
      } finally {
        int _ = (int) CLOSE.invokeExact(arena.allocate(STATE), socket);
      }
    } catch (IOException | RuntimeException | Error failed) {
      throw failed;
    } catch (Throwable impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The {@code sockaddr_un}: the family, then the name. */
  private MemorySegment to(Arena arena) {
    MemorySegment to = arena.allocate(Short.BYTES + address.length);
    to.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, AF_UNIX);
    MemorySegment.copy(address, 0, to, ValueLayout.JAVA_BYTE, Short.BYTES, address.length);
    return to;
  }

  private static void check(String call, long result, MemorySegment state) throws IOException {
    if (result < 0) {
      throw new IOException(call + " failed with errno " + (int) ERRNO.get(state, 0L));
    }
  }
}
