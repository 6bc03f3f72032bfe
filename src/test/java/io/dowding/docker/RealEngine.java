package io.dowding.docker;

import io.dowding.model.Host;
import io.dowding.model.Policy;
import io.dowding.model.Right;
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

  static Policy everything() {
    Map<Right, List<String>> all = new EnumMap<>(Right.class);
    for (Right right : Right.values()) {
      all.put(right, List.of(right.isFlag() ? "true" : right == Right.CAPABILITIES ? "ALL" : "*"));
    }
    all.put(Right.BINDS, List.of("/**"));
    return new Policy(List.of(new Policy.Grant(List.of("*"), all)), List.of());
  }
}
