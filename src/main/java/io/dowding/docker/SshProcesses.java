package io.dowding.docker;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Processes of ssh, and the directories of their control sockets. Those that are left when this
 * process exits end with it. Thread-safe.
 */
public final class SshProcesses {

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Set<ProcessHandle> ALL = ConcurrentHashMap.newKeySet();
  private static final Set<Path> DIRECTORIES = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(SshProcesses::endAll));
  }

  private SshProcesses() {}

  static void add(ProcessHandle started) {
    ALL.add(started);
  }

  static void add(Path directory) {
    DIRECTORIES.add(directory);
  }

  static void remove(Path directory) {
    DIRECTORIES.remove(directory);
  }

  /**
   * Ends a process, without waiting. It is asked first, because a killed one would leave the
   * processes behind that it has for jump hosts.
   */
  static void end(ProcessHandle process) {
    if (!process.isAlive()) {
      ALL.remove(process);
      return;
    }
    process.destroy();
    var _ =
        SshSocket.TIMERS.schedule(
            () -> {
              process.destroyForcibly();
              ALL.remove(process);
            },
            PATIENCE.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Ends a process and those that it has started, which is slow on a machine with many. */
  static void endTree(ProcessHandle process) {
    if (process.isAlive()) {
      process.descendants().toList().forEach(ProcessHandle::destroy);
    }
    end(process);
  }

  /** Ends all that are left, within a second. Runs by itself when the JVM shuts down. */
  public static void endAll() {
    ALL.forEach(ProcessHandle::destroy);
    long until = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (System.nanoTime() < until && ALL.stream().anyMatch(ProcessHandle::isAlive)) {
        Thread.sleep(10);
      }
    } catch (InterruptedException hurry) {
      Thread.currentThread().interrupt();
    }
    ALL.forEach(ProcessHandle::destroyForcibly);
    DIRECTORIES.forEach(SshMaster::delete);
  }
}
