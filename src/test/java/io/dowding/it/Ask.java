package io.dowding.it;

import java.util.regex.Pattern;

/** The requests that an agent sends to an engine. */
enum Ask {
  VERSION("GET", "/version"),
  INFO("GET", "/info"),
  PLUGINS("GET", "/plugins"),
  PING("GET", "/_ping"),
  EVENTS("GET", "/events"),
  LIST("GET", "/containers/json"),
  VOLUMES("GET", "/volumes"),
  VOLUME("GET", "/volumes/[^/]+"),
  INSPECT("GET", "/containers/[^/]+/json"),
  IMAGE("GET", "/images/.+/json"),
  PULL("POST", "/images/create"),
  CREATE("POST", "/containers/create"),
  START("POST", "/containers/[^/]+/start"),
  COPY("PUT", "/containers/[^/]+/archive"),
  UPDATE("POST", "/containers/[^/]+/update"),
  KILL("POST", "/containers/[^/]+/kill"),
  REMOVE("DELETE", "/containers/[^/]+"),
  EXEC_MAKE("POST", "/containers/[^/]+/exec"),
  EXEC_START("POST", "/exec/[^/]+/start"),
  EXEC_INSPECT("GET", "/exec/[^/]+/json"),
  NETWORKS("GET", "/networks"),
  NETWORK("GET", "/networks/[^/]+"),
  NETWORK_CREATE("POST", "/networks/create"),
  NETWORK_CONNECT("POST", "/networks/[^/]+/connect"),
  NETWORK_REMOVE("DELETE", "/networks/[^/]+");

  private final String method;
  private final Pattern path;

  Ask(String method, String path) {
    this.method = method;
    this.path = Pattern.compile(path);
  }

  /** Parses the request line. */
  static Ask of(String method, String target) {
    String path = target.replaceFirst("\\?.*", "").replaceFirst("^/v[0-9.]+", "");
    for (Ask ask : values()) {
      if (ask.method.equals(method) && ask.path.matcher(path).matches()) {
        return ask;
      }
    }
    throw new IllegalArgumentException("unknown request: " + method + " " + target);
  }

  /** Whether the answer is a stream. */
  boolean isStream() {
    return this == EVENTS || this == PULL;
  }
}
