package io.dowding.etcd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How to connect to etcd.
 *
 * @param endpoints URLs such as {@code http://127.0.0.1:2379}; at least one
 * @param password or null if it is in a file
 * @param passwordFile a file that contains only the password, read each time this client logs in;
 *     or null
 * @param ca file of the CA certificates that verify the server, or null for the system's
 * @param certificate file of the client certificate, or null for none
 * @param key file of its private key, or null for none
 * @param encryption the keys that encrypt secrets there
 */
public record EtcdSettings(
    List<String> endpoints,
    @Nullable String user,
    @Nullable String password,
    @Nullable Path passwordFile,
    @Nullable Path ca,
    @Nullable Path certificate,
    @Nullable Path key,
    Keyring encryption) {

  private static final Pattern ENDPOINT =
      Pattern.compile("https?://([^\\s:/?#@\\[\\]]+|\\[[0-9A-Fa-f:.]+\\])(:(?<port>\\d{1,5}))?/?");

  private static final int LAST_PORT = 65_535;

  /** Parses URLs or {@code host:port}, each alone or separated by commas. */
  public static List<String> endpoints(List<String> written) {
    return written.stream()
        .flatMap(text -> Arrays.stream(text.split(",", -1)))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .map(text -> text.contains("://") ? text : "http://" + text)
        .toList();
  }

  /** Whether there is at least one, and each has a host that can be asked. */
  public static boolean areEndpoints(List<String> written) {
    List<String> all = endpoints(written);
    return !all.isEmpty() && all.stream().allMatch(EtcdSettings::isEndpoint);
  }

  private static boolean isEndpoint(String text) {
    Matcher matcher = ENDPOINT.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    String port = matcher.group("port");
    return port == null || (Integer.parseInt(port) > 0 && Integer.parseInt(port) <= LAST_PORT);
  }

  /** Settings without TLS, user or encryption. */
  public static EtcdSettings at(String... endpoints) {
    return new EtcdSettings(List.of(endpoints), null, null, null, null, null, null, Keyring.EMPTY);
  }

  /** The same settings for one endpoint. */
  EtcdSettings only(String endpoint) {
    return at(List.of(endpoint));
  }

  /** The same settings for other endpoints. */
  public EtcdSettings at(List<String> others) {
    return new EtcdSettings(others, user, password, passwordFile, ca, certificate, key, encryption);
  }

  /**
   * The password as it is now, or null.
   *
   * @throws EtcdException if its file cannot be read, or is empty
   */
  @Nullable String secret() {
    if (passwordFile == null) {
      return password;
    }
    try {
      String secret = Files.readString(passwordFile).strip();
      if (!secret.isEmpty()) {
        return secret;
      }
    } catch (IOException unreadable) {
      throw new EtcdException(
          "the password for etcd cannot be read: " + unreadable.getMessage(), unreadable);
    }
    throw new EtcdException("the password for etcd cannot be read: " + passwordFile + " is empty");
  }

  /** Whether traffic is encrypted. */
  boolean isTls() {
    return ca != null
        || certificate != null
        || endpoints.stream().anyMatch(endpoint -> endpoint.startsWith("https://"));
  }

  @Override
  public String toString() {
    return "etcd at " + endpoints;
  }
}
