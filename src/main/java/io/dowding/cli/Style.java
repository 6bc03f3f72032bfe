package io.dowding.cli;

/** How a cell looks on a terminal with colours. */
enum Style {
  PLAIN(""),
  HEADING("1"),
  GOOD("32"),
  WAITING("33"),
  BAD("31"),
  DIM("2"),
  CYAN("36"),
  MAGENTA("35"),
  BLUE("34");

  private static final Style[] PREFIXES = {CYAN, MAGENTA, BLUE, GOOD, WAITING};

  private final String code;

  Style(String code) {
    this.code = code;
  }

  /** The text between escape sequences. */
  String around(String printable) {
    return code.isEmpty() || printable.isEmpty()
        ? printable
        : "\u001b[" + code + "m" + printable + "\u001b[0m";
  }

  /** The same for the same name, and different for most others. */
  static Style ofName(String name) {
    return PREFIXES[Math.floorMod(name.hashCode(), PREFIXES.length)];
  }

  /** Of the state of a service, a job, a host or a container. */
  static Style ofState(String state) {
    return switch (state) {
      case "running", "healthy", "completed", "up", "active", "ok", "good", "done" -> GOOD;
      case "stopped", "stopping", "removing", "exited", "created" -> DIM;
      case "invalid", "degraded", "unhealthy", "down", "failed", "gone", "dead", "refused" -> BAD;
      default -> WAITING;
    };
  }
}
