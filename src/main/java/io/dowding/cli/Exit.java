package io.dowding.cli;

import io.dowding.docker.SshProcesses;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Ends this process as soon as a command is done. {@link System#exit} gives threads that wait for
 * the network 0.3 s, which is half of the time that a command takes.
 */
final class Exit {

  private static final MethodHandle EXIT = exit();

  private Exit() {}

  @SuppressWarnings("restricted") // The launcher enables native access.
  private static MethodHandle exit() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("_exit"),
        FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
  }

  /** Loads what {@link #with} needs, for the cache of classes. */
  static void prepare() {
    EXIT.type();
  }

  /**
   * Ends it, with what ssh has left. Other shutdown hooks do not run. If a signal ends this process
   * already, that decides the status.
   */
  static void with(int status) {
    if (!isEnding()) {
      SshProcesses.endAll();
      System.out.flush();
      System.err.flush();
      try {
        EXIT.invokeExact(status);
      } catch (Throwable impossible) {
        throw new IllegalStateException(impossible);
      }
    }
    System.exit(status);
  }

  private static boolean isEnding() {
    Thread none = new Thread(() -> {});
    try {
      Runtime.getRuntime().addShutdownHook(none);
      Runtime.getRuntime().removeShutdownHook(none);
      return false;
    } catch (IllegalStateException ending) {
      return true;
    }
  }
}
