package io.dowding.docker;

import io.dowding.model.EngineInfo;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads an engine's information about itself. */
final class EngineInfos {

  /** The fields of a plugin that are read. */
  static final Set<String> OF_PLUGIN = Set.of("Name", "Enabled", "Config");

  private EngineInfos() {}

  /**
   * @param version the answer to {@code /version}
   * @param info the answer to {@code /info}
   * @param plugins the elements of the answer to {@code /plugins}
   */
  static EngineInfo of(Answer version, Answer info, Iterable<Answer> plugins) {
    Answer known = info.at("Plugins");
    known.fields();
    Set<String> logDrivers = drivers(known.at("Log"), "logdriver", plugins);
    if (!logDrivers.isEmpty()) {
      // Every engine supports it, but none lists it.
      logDrivers.add("none");
    }
    return new EngineInfo(
        info.at("ID").textOr(""),
        version.at("Version").textOr(""),
        version.at("ApiVersion").textOr(""),
        (int) info.at("NCPU").number(0, Integer.MAX_VALUE, 0),
        info.at("MemTotal").number(0, Long.MAX_VALUE, 0),
        version.at("Os").textOr(""),
        version.at("Arch").textOr(""),
        logDrivers,
        drivers(known.at("Volume"), "volumedriver", plugins),
        drivers(known.at("Network"), "networkdriver", plugins),
        info.at("Runtimes").fields().keySet(),
        devices(info.at("GenericResources")));
  }

  /** By kind; each is named, or there are so many. */
  private static SortedMap<String, Long> devices(Answer resources) {
    SortedMap<String, Long> devices = new TreeMap<>();
    for (Answer one : resources.items()) {
      Answer named = one.at("NamedResourceSpec");
      Answer counted = one.at("DiscreteResourceSpec");
      String kind = named.at("Kind").textOr(counted.at("Kind").textOr(""));
      if (!kind.isEmpty()) {
        devices.merge(kind, counted.at("Value").number(0, Integer.MAX_VALUE, 1), Long::sum);
      }
    }
    return devices;
  }

  /** {@code /info} leaves out the plugins that the engine manages itself. */
  private static Set<String> drivers(Answer known, String kind, Iterable<Answer> plugins) {
    Set<String> drivers = new HashSet<>(known.texts());
    if (drivers.isEmpty()) {
      return drivers;
    }
    for (Answer plugin : plugins) {
      boolean fits =
          plugin.at("Enabled").flag()
              && plugin.at("Config").at("Interface").at("Types").texts().stream()
                  .anyMatch(type -> type.startsWith("docker." + kind + "/"));
      if (fits) {
        String name = plugin.at("Name").name();
        drivers.add(name);
        // Every plugin has a tag, but a service may leave it out.
        drivers.add(name.replaceFirst(":latest$", ""));
      }
    }
    return drivers;
  }
}
