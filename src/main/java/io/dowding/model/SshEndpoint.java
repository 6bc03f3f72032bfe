package io.dowding.model;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An engine that is reached through SSH: {@code ssh://user@host:port}. No part of it can be taken
 * for an option of a command.
 *
 * @param user to log in as; null for the one that ssh chooses
 * @param host a name, an alias of the ssh configuration, or an IP address, without brackets
 * @param port 0 for the one that ssh chooses
 */
public record SshEndpoint(@Nullable String user, String host, int port) {

  private static final String SCHEME = "ssh://";
  private static final int MOST = 255;
  private static final int LAST_PORT = 65_535;
  private static final Pattern FORM =
      Pattern.compile(
          "ssh://(?:([A-Za-z0-9_][A-Za-z0-9_.-]*)@)?"
              + "([A-Za-z0-9][A-Za-z0-9._-]*|\\[[0-9a-fA-F:]+])(?::([0-9]{1,5}))?");

  /** Whether this is meant to be one. */
  public static boolean isOne(String docker) {
    return docker.startsWith(SCHEME);
  }

  /** Null if the text is not of this form. */
  public static @Nullable SshEndpoint of(String docker) {
    Matcher form = FORM.matcher(docker);
    if (docker.length() > MOST || !form.matches()) {
      return null;
    }
    int port = form.group(3) == null ? 0 : Integer.parseInt(form.group(3));
    if (port > LAST_PORT || (form.group(3) != null && port == 0)) {
      return null;
    }
    return new SshEndpoint(form.group(1), form.group(2).replaceAll("[\\[\\]]", ""), port);
  }

  /** As the user and host are written for ssh. */
  public String login() {
    return user == null ? host : user + "@" + host;
  }

  /** The host as it is written before a port. */
  public String address() {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  /** The text that {@link #of} reads. */
  public String uri() {
    return SCHEME + (user == null ? "" : user + "@") + address() + (port == 0 ? "" : ":" + port);
  }
}
