package io.dowding.cli;

import io.dowding.docker.SshProblem;
import io.dowding.model.SshEndpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** This machine, where the agent runs as the user {@code dowding} of the package. */
final class ControlNode {

  static final String USER = "dowding";

  private static final String SSH = "/var/lib/dowding/.ssh";

  /** The exit status of ssh itself. */
  private static final int NOT_CONNECTED = 255;

  private static final Pattern KEY = Pattern.compile("(ssh-ed25519 [A-Za-z0-9+/=]+)( .*)?");

  /**
   * Adds the line that it reads to a file, unless grep finds it with these options; a command line
   * for any shell.
   */
  private static final String ADD =
      "sh -c 'umask 077; f=%1$s; mkdir -p ${f%%/*}; touch $f; l=$(cat);"
          + " if ! grep %2$s \"$l\" $f; then"
          + " if [ -n \"$(tail -c 1 $f)\" ]; then echo >> $f; fi;"
          + " echo \"$l\" >> $f; fi'";

  /** A person may have put restrictions before the key. */
  static final String AUTHORIZE = ADD.formatted("~/.ssh/authorized_keys", "-qF");

  private static final String KNOW = ADD.formatted(SSH + "/known_hosts", "-qxF");

  private final Shell shell;

  ControlNode(Shell shell) {
    this.shell = shell;
  }

  /**
   * Sees whether the package is installed.
   *
   * @throws IllegalStateException if it is not, with what to do
   */
  void mustHavePackage() throws IOException, InterruptedException {
    if (!shell.run("id", "-u", USER).isGood()
        || !shell.run("systemctl", "cat", "dowding.service").isGood()) {
      throw new IllegalStateException(
          "the package dowding is not installed on this machine: make it with bin/package, install"
              + " it with apt-get install ./dowding_*.deb, then run this again");
    }
    if (!shell.run("sh", "-c", "command -v ssh && command -v ssh-keygen").isGood()) {
      throw new IllegalStateException("ssh is missing here: apt-get install openssh-client");
    }
  }

  /** The public key of the agent's user; makes one if there is none. */
  String publicKey() throws IOException, InterruptedException {
    String file = SSH + "/id_ed25519";
    String make =
        "umask 077; mkdir -p %s; [ -e %s ] || ssh-keygen -q -t ed25519 -N '' -C dowding -f %s; cat %s.pub"
            .formatted(SSH, file, file, file);
    Shell.Result made = asUser("", List.of("sh", "-c", make));
    Matcher key = KEY.matcher(made.output().strip());
    if (!made.isGood() || !key.matches()) {
      throw new IllegalStateException(
          "no key in %s.pub: %s: move both files away, then run this again"
              .formatted(file, made.last()));
    }
    return key.group(1) + " dowding";
  }

  /** Lets the agent's user trust a host key. */
  void know(String line) throws IOException, InterruptedException {
    Shell.Result added = asUser(line, List.of("sh", "-c", KNOW));
    if (!added.isGood()) {
      throw new IllegalStateException(
          SSH + "/known_hosts: " + added.last() + ": correct it, then run this again");
    }
  }

  /**
   * The version of the engine that the agent's user reaches; empty if its key may only connect.
   *
   * @throws IllegalStateException if it reaches none, with why and what to do
   */
  String engineVersion(SshEndpoint host) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ssh", "-T"));
    for (String option :
        List.of(
            "BatchMode=yes",
            "StrictHostKeyChecking=yes",
            // It would write known_hosts while other lines are added to it.
            "UpdateHostKeys=no",
            "ConnectTimeout=10",
            // That of the person who runs this.
            "IdentityAgent=none",
            "LogLevel=ERROR")) {
      command.addAll(List.of("-o", option));
    }
    command.addAll(RemoteHost.destination(host));
    command.add("docker version --format {{.Server.Version}}");
    Shell.Result said = asUser("", command);
    if (!said.isGood()) {
      String why =
          said.exit() == NOT_CONNECTED
              ? SshProblem.ofConnection(said.errors(), said.exit())
              : SshProblem.ofCommand(said.errors(), said.exit());
      throw new IllegalStateException(
          host.login() + ": the user dowding of this machine cannot use Docker there: " + why);
    }
    return said.output().isBlank() ? "" : said.last();
  }

  private Shell.Result asUser(String input, List<String> command)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("runuser", "-u", USER, "--"));
    all.addAll(command);
    return shell.run(input, all);
  }

  boolean hasEtcd() throws IOException, InterruptedException {
    return shell.run("sh", "-c", "command -v etcd").isGood();
  }

  /** Installs Debian's etcd, unless it is there, and starts its service. */
  void startEtcd() throws IOException, InterruptedException {
    if (!hasEtcd()) {
      must(
          "etcd-server cannot be installed",
          shell.run(
              "sh",
              "-c",
              "apt-get update -qq && apt-get -o DPkg::Lock::Timeout=120 install -y -qq"
                  + " --no-install-recommends etcd-server etcd-client"));
    }
    must("etcd cannot be started", shell.run("systemctl", "enable", "--now", "--quiet", "etcd"));
  }

  /** Starts the agent now and at each boot. A running one is restarted; no container notices. */
  void startAgent() throws IOException, InterruptedException {
    must("the agent cannot be enabled", shell.run("systemctl", "enable", "--quiet", USER));
    must(
        "the agent does not start; look at: journalctl -u dowding",
        shell.run("systemctl", "restart", USER));
  }

  private static void must(String what, Shell.Result result) {
    if (!result.isGood()) {
      throw new IllegalStateException(what + ": " + result.last());
    }
  }
}
