package io.dowding.sim;

import io.dowding.model.EngineInfo;
import java.util.Set;

/** The info of a plain engine with 4 CPUs and 8 GiB. */
public final class FakeInfo {

  private FakeInfo() {}

  public static EngineInfo of(String engineId) {
    return new EngineInfo(
        engineId,
        "29.0.0",
        "1.52",
        4,
        1L << 33,
        "linux",
        "amd64",
        Set.of("json-file", "local", "journald", "syslog", "none"),
        Set.of("local"),
        Set.of("bridge", "host", "ipvlan", "macvlan", "null", "overlay"),
        Set.of("runc", "io.containerd.runc.v2"));
  }
}
