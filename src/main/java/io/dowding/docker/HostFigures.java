package io.dowding.docker;

/** Reads what an engine measures. Throws {@link MalformedAnswer}. */
final class HostFigures {

  private static final double SECONDS = 1e9;

  private HostFigures() {}

  private static long size(Answer given) {
    return given.number(-1, Long.MAX_VALUE, 0);
  }

  static HostEngine.Disk disk(Answer given) {
    long containers = 0;
    for (Answer container : given.at("Containers").items()) {
      containers += Math.max(0, size(container.at("SizeRw")));
    }
    long volumes = 0;
    for (Answer volume : given.at("Volumes").items()) {
      volumes += Math.max(0, size(volume.at("UsageData").at("Size")));
    }
    long cache = 0;
    for (Answer built : given.at("BuildCache").items()) {
      cache += built.at("Shared").flag() ? 0 : Math.max(0, size(built.at("Size")));
    }
    return new HostEngine.Disk(size(given.at("LayersSize")), containers, volumes, cache);
  }

  static HostEngine.Usage usage(Answer given) {
    Answer now = given.at("cpu_stats");
    Answer before = given.at("precpu_stats");
    long used = size(now.at("cpu_usage").at("total_usage"));
    long usedBefore = size(before.at("cpu_usage").at("total_usage"));
    var end = Views.time(given.at("read"));
    var begin = Views.time(given.at("preread"));
    double cpus = 0;
    if (begin != null && end != null && end.isAfter(begin)) {
      cpus =
          (used - usedBefore)
              / (java.time.Duration.between(begin, end).toNanos() / SECONDS)
              / SECONDS;
    }
    Answer memory = given.at("memory_stats");
    long cached =
        Math.max(
            size(memory.at("stats").at("inactive_file")),
            size(memory.at("stats").at("total_inactive_file")));
    long received = 0;
    long sent = 0;
    for (Answer network : given.at("networks").fields().values()) {
      received += size(network.at("rx_bytes"));
      sent += size(network.at("tx_bytes"));
    }
    return new HostEngine.Usage(
        Math.max(0, cpus),
        Math.max(0, size(memory.at("usage")) - cached),
        memory.at("limit").node().isIntegralNumber() && memory.at("limit").node().canConvertToLong()
            ? size(memory.at("limit"))
            : Long.MAX_VALUE,
        received,
        sent);
  }
}
