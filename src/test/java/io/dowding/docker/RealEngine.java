package io.dowding.docker;

import io.dowding.model.Host;
import io.dowding.model.Policy;
import io.dowding.model.Right;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A client of a real engine for contract tests. */
public final class RealEngine {

  private RealEngine() {}

  /** A client that may send all fields. */
  public static EngineApi at(String endpoint) {
    return at(endpoint, DockerSettings.DEFAULT);
  }

  /** The same, with other settings. */
  public static EngineApi at(String endpoint, DockerSettings settings) {
    Host host = new Host("host", endpoint, Set.of(), Map.of());
    return new Connection(host, settings.withPolicy(everything())).engine();
  }

  /** Waits for events until none has come for this long. */
  public static void awaitEvents(String endpoint, DockerSettings settings, Duration silence)
      throws IOException {
    Path config = settings.sshConfig();
    Gate gate = new Gate(Policy.STRICT);
    try (EngineHttp http =
            new EngineHttp(
                URI.create(endpoint), null, config, settings.connect(), settings.call(), gate);
        Exchange exchange = http.open("GET", "/events", Map.of(), null, silence)) {
      exchange.body(Long.MAX_VALUE).readAllBytes();
    }
  }

  static Policy everything() {
    Map<Right, List<String>> all = new EnumMap<>(Right.class);
    for (Right right : Right.values()) {
      all.put(right, List.of(right.isFlag() ? "true" : right == Right.CAPABILITIES ? "ALL" : "*"));
    }
    all.put(Right.BINDS, List.of("/**"));
    return new Policy(List.of(new Policy.Grant(List.of("*"), all)), List.of());
  }
}
