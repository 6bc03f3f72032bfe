package io.dowding.etcd;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How etcd is reached.
 *
 * @param endpoints URLs such as {@code http://127.0.0.1:2379}; at least one
 * @param ca file of the certificates that the server's is checked against, or null for the system's
 * @param certificate file of the client's own certificate, or null for none
 * @param key file of that certificate's key in PKCS#8, or null for none
 */
public record EtcdSettings(
    List<String> endpoints,
    @Nullable String user,
    @Nullable String password,
    @Nullable Path ca,
    @Nullable Path certificate,
    @Nullable Path key) {

  /** URLs, from {@code host:port} or URLs, one by one or separated by commas. */
  public static List<String> endpoints(List<String> written) {
    return written.stream()
        .flatMap(text -> Arrays.stream(text.split(",", -1)))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .map(text -> text.contains("://") ? text : "http://" + text)
        .toList();
  }

  /** Without TLS and user. */
  public static EtcdSettings at(String... endpoints) {
    return new EtcdSettings(List.of(endpoints), null, null, null, null, null);
  }
}
