package io.dowding.docker;

import io.dowding.model.SshEndpoint;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running ssh, logged in at a host, over which channels are opened. If this process dies without
 * closing it, it ends by itself seconds later.
 */
final class SshMaster implements AutoCloseable {

  private static final File NOTHING = new File("/dev/null");

  /**
   * As many sessions as sshd allows by default, and as many connections as a busy host has: eight
   * calls, events, and lists with pings.
   */
  static final int MOST_CHANNELS = 10;

  private static final int LONGEST_ERROR = 16 << 10;

  /** Of the whole login; callers usually have less patience. */
  private static final Duration LOGIN = Duration.ofSeconds(60);

  private final Path directory;
  private final ProcessHandle process;

  /** Their requests for a session were refused; ssh would end all others if one were closed. */
  private final List<SshMux> refused = new ArrayList<>();

  private int channels;
  private boolean opened;
  private boolean retired;
  private boolean closed;

  /**
   * @param directory where its control socket is
   */
  SshMaster(Path directory, ProcessHandle process) {
    this.directory = directory;
    this.process = process;
    SshProcesses.add(process);
  }

  /**
   * Logs in. An interrupt ends it.
   *
   * @throws IOException if this fails, with what ssh says and what to do
   */
  static SshMaster start(SshEndpoint to, @Nullable Path config, Duration connect)
      throws IOException {
    // Private to this user: anyone who can write to the socket in it is logged in.
    Path directory = Files.createTempDirectory("dowding-ssh");
    SshProcesses.add(directory);
    try {
      int exit = exit(login(command(to, control(directory), config, connect), directory));
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
    // The ssh of a jump host is not in batch mode: this answers its questions, on no terminal.
    builder.environment().put("SSH_ASKPASS_REQUIRE", "force");
    builder.environment().put("SSH_ASKPASS", "false");
    try {
      Process login = builder.start();
      SshProcesses.add(login.toHandle());
      return login;
    } catch (IOException failed) {
      throw new IOException(SshProblem.ofStart(String.valueOf(failed.getMessage())), failed);
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
      SshProcesses.endTree(login.toHandle());
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

  /** Also of what ssh leaves there if it is killed. */
  static void delete(Path directory) {
    SshProcesses.remove(directory);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    } catch (IOException left) {
      // It is gone, or is cleaned up with other temporary files.
    }
  }

  /** Whether it has ended; then nothing of it is left. */
  boolean isGone() {
    synchronized (this) {
      if (closed || process.isAlive()) {
        return closed;
      }
    }
    close();
    return true;
  }

  /**
   * Takes a place for a channel, for {@link #open}.
   *
   * @return false if there is none
   */
  boolean reserve() {
    boolean unused;
    synchronized (this) {
      // Temporary files may be cleaned up by their age; open channels go on without this one.
      retired |= !Files.exists(control(directory));
      if (!retired && channels < MOST_CHANNELS) {
        channels++;
        return true;
      }
      unused = retired && channels == 0;
    }
    if (unused) {
      close();
    }
    return false;
  }

  /**
   * Starts a command on the host in the place that was taken; its input and output are the channel.
   *
   * @param released is called when the place is free again
   * @throws SshChannel.Full if there is no room; from now on there is none
   */
  SshChannel open(String command, Runnable released) throws IOException {
    Runnable after =
        () -> {
          release();
          released.run();
        };
    SshMux mux;
    try {
      mux = new SshMux(control(directory));
    } catch (IOException unreachable) {
      boolean stopped = Thread.currentThread().isInterrupted();
      if (!stopped) {
        retire(null);
      }
      after.run();
      throw stopped ? unreachable : new SshChannel.Full("ssh takes no more connections");
    }
    try {
      SshChannel channel = new SshChannel(mux, command, after);
      opened();
      return channel;
    } catch (SshChannel.Full full) {
      boolean never = retire(mux);
      after.run();
      throw never
          ? new IOException(
              "its SSH server allows this user no session: correct MaxSessions or ForceCommand"
                  + " there",
              full)
          : full;
    }
  }

  private synchronized void opened() {
    opened = true;
  }

  /** Whether not even one channel can be opened. */
  private synchronized boolean retire(@Nullable SshMux by) {
    retired = true;
    if (by != null) {
      refused.add(by);
    }
    return !opened && channels == 1;
  }

  private void release() {
    boolean last;
    synchronized (this) {
      channels--;
      last = retired && channels == 0;
    }
    if (last) {
      close();
    }
  }

  /** Ends the connection and all channels. */
  @Override
  public void close() {
    List<SshMux> left;
    synchronized (this) {
      closed = true;
      retired = true;
      left = List.copyOf(refused);
    }
    SshProcesses.end(process);
    left.forEach(SshMux::close);
    delete(directory);
  }
}
