package io.dowding.docker;

import io.dowding.model.Printable;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What ssh, or Docker's command on a host, says went wrong, and what to do about it. */
public final class SshProblem {

  private static final int LONGEST = 120;
  private static final int NO_SUCH_COMMAND = 127;

  private static final String NOT_FOUND =
      "install Docker there, or put docker in the PATH of logins without a terminal";

  private static final String TRY =
      "try ssh HOST true as this user; if it has a jump host, try that one first";

  private static final Pattern NO_PROGRAM = Pattern.compile("error[=:] ?2\\b");

  private record Advice(String said, String todo) {}

  private static final List<Advice> OF_SSH =
      List.of(
          new Advice(
              "identification has changed",
              "if the host was installed again, remove its old key with ssh-keygen -R; otherwise"
                  + " another machine answers in its place"),
          new Advice(
              "host key verification failed",
              "as this user, log in once with ssh, compare the fingerprint and accept it, or add the"
                  + " host to known_hosts"),
          new Advice(
              "permission denied (",
              "add this user's public key to ~/.ssh/authorized_keys there, without a passphrase or"
                  + " with an agent"),
          new Advice("too many authentication failures", "set IdentitiesOnly yes for it"),
          new Advice(
              "could not resolve hostname",
              "correct the host's docker:, or add it to ~/.ssh/config or DNS"),
          new Advice("connection refused", "start its SSH server, or correct the port"),
          new Advice("too long for unix domain socket", "give Java a shorter java.io.tmpdir"),
          new Advice("load key", "correct the key file or its permissions"),
          // ssh says this, and no more, if the ssh of a jump host fails.
          new Advice("connection closed by", TRY),
          new Advice("kex_exchange_identification", TRY),
          new Advice("unknown port", TRY));

  private static final List<Advice> OF_COMMAND =
      List.of(
          new Advice(
              "permission denied",
              "add the user to the group docker there: usermod -aG docker, as root"),
          new Advice("is not a docker command", "install Docker 18.09 or newer there"),
          new Advice("unknown command", "install Docker 18.09 or newer there"),
          new Advice("command not found", NOT_FOUND),
          new Advice("docker: not found", NOT_FOUND),
          new Advice("connect", "start Docker there, or correct the user's Docker context"));

  private SshProblem() {}

  /** Why ssh cannot be started, of what Java says. */
  static String ofStart(String said) {
    return NO_PROGRAM.matcher(said).find()
        ? "there is no ssh on this machine: install it (Debian: openssh-client)"
        : "ssh cannot be started: " + Printable.of(said, LONGEST);
  }

  /** Why an SSH connection was not made: what ssh said and its exit status, and what to do. */
  public static String ofConnection(String said, int exit) {
    return words(said, "ssh failed with exit status " + exit, OF_SSH);
  }

  /** Why Docker's command on the host failed: what it said and its exit status, and what to do. */
  public static String ofCommand(String said, int exit) {
    String otherwise = "docker system dial-stdio failed there with exit status " + exit;
    return words(
        exit == NO_SUCH_COMMAND && said.isBlank() ? "command not found" : said,
        otherwise,
        OF_COMMAND);
  }

  private static String words(String said, String otherwise, List<Advice> known) {
    String lower = said.toLowerCase(Locale.ROOT);
    String last =
        said.lines().filter(line -> !line.isBlank()).reduce("", (_, line) -> line).strip();
    String what = last.isEmpty() ? otherwise : Printable.of(last, LONGEST);
    return known.stream()
        .filter(advice -> lower.contains(advice.said()))
        .findFirst()
        .map(advice -> what + ": " + advice.todo())
        .orElse(what);
  }
}
