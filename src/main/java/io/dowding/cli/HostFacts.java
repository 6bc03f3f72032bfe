package io.dowding.cli;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a host says about itself, before it is set up. All of it is untrusted.
 *
 * @param name its own, in lower case
 * @param docker what {@code docker --version} says; empty if there is none
 * @param root whether the user is root
 * @param sudo whether the user may become root without a password
 * @param group whether the user is in the group docker
 * @param apt whether it has apt-get
 */
record HostFacts(
    String name, String docker, boolean root, boolean sudo, boolean group, boolean apt) {

  /** A command line for any login shell. */
  static final String ASK =
      "sh -c '"
          + "echo name=$(hostname -s 2> /dev/null || uname -n);"
          + " echo uid=$(id -u);"
          + " echo groups=$(id -Gn);"
          + " if [ $(id -u) != 0 ] && sudo -n true 2> /dev/null; then echo sudo=yes; fi;"
          + " if command -v apt-get > /dev/null; then echo apt=yes; fi;"
          + " if command -v docker > /dev/null; then echo docker=$(docker --version 2> /dev/null); fi;"
          + " echo end=yes'";

  private static final Pattern VERSION = Pattern.compile("version (\\d{1,4})\\.(\\d{1,4})\\.");

  /** The first with {@code docker system dial-stdio}. */
  private static final int LEAST_MAJOR = 18;

  private static final int LEAST_MINOR = 9;

  /**
   * Reads the answer.
   *
   * @throws IllegalArgumentException if it is not whole
   */
  static HostFacts of(String answer) {
    Map<String, String> said = new HashMap<>();
    answer
        .lines()
        .map(line -> line.split("=", 2))
        .filter(parts -> parts.length == 2)
        .forEach(parts -> said.put(parts[0], parts[1].strip()));
    if (!said.containsKey("end")) {
      throw new IllegalArgumentException("it did not run a shell command");
    }
    List<String> groups = Arrays.asList(said.getOrDefault("groups", "").split(" ", -1));
    return new HostFacts(
        said.getOrDefault("name", "").toLowerCase(Locale.ROOT),
        said.getOrDefault("docker", ""),
        said.getOrDefault("uid", "").equals("0"),
        said.containsKey("sudo"),
        groups.contains("docker"),
        said.containsKey("apt"));
  }

  boolean needsDocker() {
    return docker.isEmpty();
  }

  /** Whether the user could not use Docker there. */
  boolean needsGroup() {
    return !root && !group;
  }

  /** Whether its Docker is known to be too old. */
  boolean isTooOld() {
    Matcher version = VERSION.matcher(docker);
    if (!version.find()) {
      return false;
    }
    int major = Integer.parseInt(version.group(1));
    int minor = Integer.parseInt(version.group(2));
    return major < LEAST_MAJOR || (major == LEAST_MAJOR && minor < LEAST_MINOR);
  }

  /** Why it cannot be set up; empty if it can. */
  String obstacle() {
    if (isTooOld()) {
      return docker + " is too old: upgrade it to 18.09 or newer";
    }
    if (needsDocker() && !apt) {
      return "Docker is missing, and so is apt-get: install Docker there (docs.docker.com/engine/install)";
    }
    if ((needsDocker() || needsGroup()) && !root && !sudo) {
      return (needsDocker() ? "installing Docker" : "adding the user to the group docker")
          + " needs root there, and sudo asks for a password or is missing: "
          + (needsDocker() ? "install docker.io there" : "usermod -aG docker there, as root")
          + ", allow sudo without a password, or name a user who is root";
    }
    return "";
  }
}
