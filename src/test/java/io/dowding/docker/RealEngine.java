package io.dowding.docker;

import io.dowding.model.Host;
import java.util.Map;
import java.util.Set;

/** A real engine, for tests of what engines do. */
public final class RealEngine {

  private RealEngine() {}

  public static EngineApi at(String endpoint) {
    return new Connection(new Host("host", endpoint, Set.of(), Map.of()), DockerSettings.DEFAULT)
        .engine();
  }
}
