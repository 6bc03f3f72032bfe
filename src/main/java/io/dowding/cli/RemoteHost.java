package io.dowding.cli;

import io.dowding.docker.SshProblem;
import io.dowding.model.SshEndpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host as the person who sets it up reaches it: with their keys, configuration, passwords and
 * known hosts. ssh itself asks on the terminal, once: all commands use that connection.
 */
final class RemoteHost {

  private static final int USUAL_PORT = 22;
  private static final Pattern ACCEPTED =
      Pattern.compile("^debug1: Server host key: (\\S+) (SHA256:\\S+)", Pattern.MULTILINE);
  private static final Pattern DEBUG = Pattern.compile("(debug\\d: |OpenSSH_|Authenticated ).*");
  private static final List<String> LOGIN =
      List.of(
          "ControlPersist=600",
          "ConnectTimeout=10",
          "ServerAliveInterval=5",
          "ServerAliveCountMax=3",
          // Whatever their configuration says: a key that the person did not compare is not
          // trusted.
          "StrictHostKeyChecking=ask",
          "UpdateHostKeys=no",
          "ClearAllForwardings=yes",
          "ForwardAgent=no",
          "ForwardX11=no",
          "PermitLocalCommand=no",
          "RemoteCommand=none",
          "RequestTTY=no");

  private final SshEndpoint given;
  private final Shell shell;
  private final List<String> person;
  private final String control;
  private SshEndpoint resolved;
  private String fingerprint = "";

  /**
   * Does not connect yet.
   *
   * @param person what stands before a command that the person runs
   * @param control a file in a directory that only the person can write to; it does not exist yet
   */
  RemoteHost(SshEndpoint given, Shell shell, List<String> person, String control) {
    this.given = given;
    this.resolved = given;
    this.shell = shell;
    this.person = person;
    this.control = control;
  }

  /** As the person named it. */
  SshEndpoint given() {
    return given;
  }

  /** As a user without the person's ssh configuration reaches it. */
  SshEndpoint endpoint() {
    return resolved;
  }

  /**
   * Logs in. May ask on the terminal.
   *
   * @throws IllegalStateException with what ssh says and what to do
   */
  void login() throws IOException, InterruptedException {
    resolved = resolve();
    String log = control + ".log";
    List<String> options = new ArrayList<>(List.of("-v", "-E", log, "-M", "-N", "-f"));
    LOGIN.forEach(option -> options.addAll(List.of("-o", option)));
    Shell.Result login = ssh(options, "", List.of());
    String said = run(List.of("cat", log)).output();
    if (!login.isGood()) {
      String plain =
          said.lines()
              .filter(line -> !DEBUG.matcher(line).matches())
              .reduce(login.errors(), (all, line) -> all + "\n" + line);
      throw problem(SshProblem.ofConnection(plain, login.exit()));
    }
    Matcher accepted = ACCEPTED.matcher(said);
    while (accepted.find()) {
      fingerprint = accepted.group(2);
    }
  }

  /** Their configuration may have another address, port or user for it. */
  private SshEndpoint resolve() throws IOException, InterruptedException {
    Shell.Result config = ssh(List.of("-G"), "", List.of());
    String host = setting(config, "hostname");
    String port = setting(config, "port");
    SshEndpoint found =
        SshEndpoint.of(
            new SshEndpoint(
                    setting(config, "user"), host, port.matches("\\d{1,5}") ? port(port) : 0)
                .uri());
    if (found == null) {
      throw problem(
          config.isGood()
              ? "ssh has an address or user for it that dowding cannot use: \"" + host + "\""
              : config.last());
    }
    return found;
  }

  /** 0 if it is the usual one. */
  private static int port(String written) {
    int port = Integer.parseInt(written);
    return port == USUAL_PORT ? 0 : port;
  }

  private static String setting(Shell.Result config, String name) {
    return config
        .output()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse("");
  }

  /** Runs a fixed command line of a POSIX shell there. */
  Shell.Result command(String line, String input) throws IOException, InterruptedException {
    return ssh(List.of(), input, List.of(line));
  }

  /** Ends the connection. */
  void close() throws IOException, InterruptedException {
    ssh(List.of("-O", "exit"), "", List.of());
  }

  private Shell.Result ssh(List<String> options, String input, List<String> line)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(person);
    all.addAll(List.of("ssh", "-S", control));
    all.addAll(options);
    all.addAll(destination(given));
    all.addAll(line);
    return shell.run(input, all);
  }

  /** No part of the endpoint can become an option. */
  static List<String> destination(SshEndpoint to) {
    List<String> words = new ArrayList<>();
    if (to.user() != null) {
      words.addAll(List.of("-l", to.user()));
    }
    if (to.port() != 0) {
      words.addAll(List.of("-p", Integer.toString(to.port())));
    }
    words.addAll(List.of("--", to.host()));
    return words;
  }

  private Shell.Result run(List<String> command) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(person);
    all.addAll(command);
    return shell.run("", all);
  }

  /**
   * The line for known_hosts with the key that the person's ssh accepted, and no other.
   *
   * @throws IllegalStateException if the host does not show that key
   */
  String knownHost() throws IOException, InterruptedException {
    List<String> scan = new ArrayList<>(List.of("ssh-keyscan", "-T", "10"));
    if (resolved.port() != 0) {
      scan.addAll(List.of("-p", Integer.toString(resolved.port())));
    }
    scan.add(resolved.host());
    for (String line : shell.run("", scan).output().lines().toList()) {
      String[] words = line.strip().split(" ", -1);
      if (words.length == 3 && !line.startsWith("#") && fingerprint.equals(fingerprint(words[2]))) {
        String name =
            resolved.port() == 0 ? resolved.host() : "[" + resolved.host() + "]:" + resolved.port();
        return name + " " + words[1] + " " + words[2];
      }
    }
    throw problem(
        "the host key that you accepted is not the one that "
            + resolved.address()
            + " shows to this machine. If it is behind a jump host, set that up in"
            + " /var/lib/dowding/.ssh and add the host to the inventory by hand");
  }

  private static String fingerprint(String key) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(Base64.getDecoder().decode(key.getBytes(StandardCharsets.US_ASCII)));
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (IllegalArgumentException notKey) {
      return "none";
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** An error of this host. */
  IllegalStateException problem(String what) {
    return new IllegalStateException(given.login() + ": " + what);
  }
}
