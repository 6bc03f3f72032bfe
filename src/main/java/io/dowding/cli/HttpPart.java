package io.dowding.cli;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * {@code http:} in the {@link Config}.
 *
 * @param listen an address and a port, or {@code off}; null for the default
 */
public record HttpPart(@Nullable String listen) {

  static final HttpPart DEFAULT = new HttpPart(null);

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

  private @Nullable URI uri() {
    try {
      return new URI("http://" + (listen == null ? ADDRESS : listen.strip()));
    } catch (URISyntaxException bad) {
      return null;
    }
  }
}
