package io.dowding.etcd;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to connect to etcd.
 *
 * @param endpoints URLs such as {@code http://127.0.0.1:2379}; at least one
 * @param ca file of the CA certificates that verify the server, or null for the system's
 * @param certificate file of the client certificate, or null for none
 * @param key file of its private key in PKCS#8, or null for none
 * @param encryption the keys that encrypt secrets there
 */
public record EtcdSettings(
    List<String> endpoints,
    @Nullable String user,
    @Nullable String password,
    @Nullable Path ca,
    @Nullable Path certificate,
    @Nullable Path key,
    Keyring encryption) {

  /** Parses URLs or {@code host:port}, each alone or separated by commas. */
  public static List<String> endpoints(List<String> written) {
    return written.stream()
        .flatMap(text -> Arrays.stream(text.split(",", -1)))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .map(text -> text.contains("://") ? text : "http://" + text)
        .toList();
  }

  /** Settings without TLS, user or encryption. */
  public static EtcdSettings at(String... endpoints) {
    return new EtcdSettings(List.of(endpoints), null, null, null, null, null, Keyring.EMPTY);
  }
}
