package io.dowding.docker;

import io.dowding.model.SshEndpoint;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A running ssh, logged in at a host, over which channels are opened. If this process dies without
 * closing it, it ends by itself seconds later.
 */
final class SshMaster implements AutoCloseable {

  private static final File NOTHING = new File("/dev/null");

  /** Fewer than sshd allows by default, because it notices late that one has ended. */
  private static final int MOST_CHANNELS = 8;

  private static final int LONGEST_ERROR = 16 << 10;

  /** Of the whole login; callers usually have less patience. */
  private static final Duration LOGIN = Duration.ofSeconds(60);

  /** What is not closed otherwise is closed with this process, unless it is killed. */
  private static final Set<SshMaster> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(SshMaster::close)));
  }

  private final Path directory;
  private final ProcessHandle process;
  private final AtomicInteger channels = new AtomicInteger();

  /** Its request for a session was refused; ssh would end all others if it were closed. */
  private volatile @Nullable SshMux refused;

  private SshMaster(Path directory, ProcessHandle process) {
    this.directory = directory;
    this.process = process;
    OPEN.add(this);
  }

  /**
   * Logs in. An interrupt ends it.
   *
   * @param starting receives the process that logs in, so that it can be ended early
   * @throws IOException if this fails, with what ssh says and what to do
   */
  static SshMaster start(
      SshEndpoint to, @Nullable Path config, Duration connect, Consumer<Process> starting)
      throws IOException {
    // Private to this user: whoever can write to the socket in it is logged in.
    Path directory = Files.createTempDirectory("dowding-ssh");
    try {
      Process login = login(command(to, control(directory), config, connect), directory);
      starting.accept(login);
      int exit = exit(login);
      if (exit != 0) {
        throw new IOException(SshProblem.ofConnection(said(directory), exit));
      }
      // The process that logged in has ended; another one holds the connection.
      try (SshMux mux = new SshMux(control(directory))) {
        long pid = mux.pid();
        return new SshMaster(
            directory,
            ProcessHandle.of(pid).orElseThrow(() -> new IOException("ssh ended after its login")));
      }
    } catch (IOException | RuntimeException failed) {
      delete(directory);
      throw failed;
    }
  }

  /** No part of the endpoint can become an option. */
  static List<String> command(
      SshEndpoint to, Path control, @Nullable Path config, Duration connect) {
    List<String> command = new ArrayList<>(List.of("ssh"));
    if (config != null) {
      command.addAll(List.of("-F", config.toString()));
    }
    command.addAll(List.of("-M", "-N", "-T", "-S", control.toString()));
    List.of(
            "ControlPersist=10",
            "BatchMode=yes",
            "ConnectTimeout=" + Math.max(1, connect.toSeconds()),
            "ServerAliveInterval=5",
            "ServerAliveCountMax=3",
            "ClearAllForwardings=yes",
            "ForwardAgent=no",
            "ForwardX11=no",
            "PermitLocalCommand=no",
            "LogLevel=ERROR")
        .forEach(option -> command.addAll(List.of("-o", option)));
    if (to.user() != null) {
      command.addAll(List.of("-l", to.user()));
    }
    if (to.port() != 0) {
      command.addAll(List.of("-p", Integer.toString(to.port())));
    }
    command.addAll(List.of("--", to.host()));
    return command;
  }

  private static Process login(List<String> command, Path directory) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(NOTHING)
            .redirectOutput(NOTHING)
            .redirectError(directory.resolve("said").toFile());
    builder.environment().put("LC_ALL", "C");
    try {
      return builder.start();
    } catch (IOException missing) {
      throw new IOException(
          "ssh cannot be run on this machine: install it (Debian: openssh-client)", missing);
    }
  }

  private static int exit(Process login) throws IOException {
    try {
      if (login.waitFor(LOGIN.toSeconds(), TimeUnit.SECONDS)) {
        return login.exitValue();
      }
      throw new IOException("no SSH login within " + LOGIN.toSeconds() + " s");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } finally {
      login.destroyForcibly();
    }
  }

  private static String said(Path directory) throws IOException {
    try (var in = Files.newInputStream(directory.resolve("said"))) {
      return new String(in.readNBytes(LONGEST_ERROR), StandardCharsets.UTF_8);
    }
  }

  private static Path control(Path directory) {
    return directory.resolve("s");
  }

  private static void delete(Path directory) {
    try {
      Files.deleteIfExists(control(directory));
      Files.deleteIfExists(directory.resolve("said"));
      Files.deleteIfExists(directory);
    } catch (IOException left) {
      // It is empty, or is cleaned up with other temporary files.
    }
  }

  /** Whether it has ended; then nothing of it is left. */
  boolean isGone() {
    if (process.isAlive() && Files.exists(control(directory))) {
      return false;
    }
    close();
    return true;
  }

  boolean hasRoom() {
    return refused == null && channels.get() < MOST_CHANNELS;
  }

  /**
   * Starts a command on the host; its input and output are the channel.
   *
   * @throws SshChannel.Full if the host allows fewer sessions; from now on there is no room
   */
  SshChannel open(String command) throws IOException {
    SshMux mux = new SshMux(control(directory));
    channels.incrementAndGet();
    try {
      return new SshChannel(mux, command, this::released);
    } catch (SshChannel.Full full) {
      refused = mux;
      throw full;
    }
  }

  private void released() {
    if (channels.decrementAndGet() == 0 && refused != null) {
      close();
    }
  }

  /** Ends the connection and all channels. */
  @Override
  public void close() {
    OPEN.remove(this);
    process.destroyForcibly();
    SshMux last = refused;
    if (last != null) {
      last.close();
    }
    delete(directory);
  }
}
