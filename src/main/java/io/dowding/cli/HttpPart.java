package io.dowding.cli;

import io.dowding.compose.TextFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code http:} in the {@link Config}.
 *
 * @param listen an address and a port, or {@code off}; null for the default
 * @param tokenFile a file with the token that the ops room asks for; null for none
 */
public record HttpPart(@Nullable String listen, @Nullable Path tokenFile) {

  static final HttpPart DEFAULT = new HttpPart(null, null);

  private static final int SHORTEST_TOKEN = 16;

  private static final int LAST_PORT = 65_535;
  private static final String OFF = "off";
  private static final String ADDRESS = "127.0.0.1:9311";

  boolean isDefault() {
    return listen == null || listen.equals(ADDRESS);
  }

  boolean isOff() {
    return OFF.equals(listen);
  }

  boolean isValid() {
    if (isOff()) {
      return true;
    }
    URI uri = uri();
    return uri != null
        && uri.getHost() != null
        && uri.getPort() >= 0
        && uri.getPort() <= LAST_PORT
        && uri.toString().equals("http://" + uri.getHost() + ":" + uri.getPort());
  }

  /** Where to listen. Must be valid and not off. */
  InetSocketAddress address() {
    URI uri = uri();
    if (uri == null) {
      throw new IllegalStateException("http.listen was not checked");
    }
    return new InetSocketAddress(uri.getHost(), uri.getPort());
  }

  /**
   * The token as it is now, or null if none is set.
   *
   * @throws IllegalStateException with the reason if it cannot be read, or is too short
   */
  @Nullable String token() {
    if (tokenFile == null) {
      return null;
    }
    String token;
    try {
      token = TextFile.read(tokenFile).strip();
    } catch (IOException unreadable) {
      throw new IllegalStateException(
          "http.tokenFile: " + tokenFile + " cannot be read: " + unreadable.getMessage(),
          unreadable);
    }
    if (token.length() < SHORTEST_TOKEN) {
      throw new IllegalStateException(
          "http.tokenFile: "
              + tokenFile
              + " has fewer than "
              + SHORTEST_TOKEN
              + " characters: openssl rand -hex 16 > "
              + tokenFile);
    }
    return token;
  }

  private @Nullable URI uri() {
    try {
      return new URI("http://" + (listen == null ? ADDRESS : listen.strip()));
    } catch (URISyntaxException bad) {
      return null;
    }
  }
}
