package io.dowding.cli;

import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * SIGHUP, the customary sign that a configuration has changed. The JDK's class for signals can be
 * used, but not without a warning from the compiler.
 */
final class Hangup {

  private Hangup() {}

  /**
   * From now on, the signal does this instead of ending the process.
   *
   * @param reload runs on a thread of its own for each signal
   */
  static void instead(Runnable reload) {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      Class<?> signal = lookup.findClass("sun.misc.Signal");
      Class<?> handler = lookup.findClass("sun.misc.SignalHandler");
      var run = lookup.findVirtual(Runnable.class, "run", MethodType.methodType(void.class));
      Object reloads =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run.bindTo(reload), 0, signal));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), reloads);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
