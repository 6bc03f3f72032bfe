package io.dowding.cli;

import io.dowding.compose.InventoryReader;
import io.dowding.compose.yaml.Source;
import io.dowding.model.Host;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Changes of the text of a configuration or an inventory. Everything else in it, with the comments,
 * stays; what cannot be changed that way is left to a person.
 */
final class ConfigEdit {

  /** The inventory of the configuration that comes with dowding. */
  private static final Map<String, String> SAMPLE = Map.of("host1", "ssh://dowding@192.168.8.120");

  private static final Pattern TOP = Pattern.compile("[^\\s#-].*");
  private static final Pattern ITEM = Pattern.compile("(\\s*)- .*");
  private static final Pattern PLAIN = Pattern.compile("[a-z][a-z0-9.-]*");
  private static final Pattern ENDPOINTS = Pattern.compile("(\\s+endpoints:\\s+)[^\\s\\[{#]+\\s*");
  private static final Set<String> WORDS =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private ConfigEdit() {}

  /** Whether these are not a person's hosts, but the sample. */
  static boolean isSample(SortedMap<String, Host> hosts) {
    return SAMPLE.equals(
        hosts.values().stream().collect(Collectors.toMap(Host::hostname, Host::docker)));
  }

  /** The configuration with an inventory in this file, instead of its own or of none. */
  static String withInventoryFile(String text, Path file) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    String line = "inventory: {file: " + file + "}";
    int begin = begin(lines, "inventory:");
    if (begin == lines.size()) {
      lines.add(line);
    } else {
      lines.subList(begin, end(lines, begin)).clear();
      lines.add(begin, line);
    }
    return text(lines);
  }

  /**
   * A configuration or an inventory file with more hosts at the end of its list.
   *
   * @param before the hosts in it
   * @return null if that does not have the form of lines that begin with {@code -}
   */
  static @Nullable String withHosts(
      String text, SortedMap<String, Host> before, SortedMap<String, String> added) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    int begin = begin(lines, "inventory:");
    int from = begin == lines.size() ? 0 : begin;
    int to = begin == lines.size() ? lines.size() : end(lines, begin);
    String indent =
        lines.subList(from, to).stream()
            .map(ITEM::matcher)
            .filter(Matcher::matches)
            .map(item -> item.group(1))
            .findFirst()
            .orElse("");
    lines.addAll(to, items(indent, added));
    String after = text(lines);
    SortedMap<String, String> expected = new TreeMap<>(added);
    before.forEach((name, host) -> expected.put(name, host.docker()));
    return expected.equals(hosts(after)) ? after : null;
  }

  private static SortedMap<String, String> hosts(String text) {
    SortedMap<String, String> hosts = new TreeMap<>();
    try {
      InventoryReader.parse(Source.of(Path.of("inventory")), text)
          .forEach((name, host) -> hosts.put(name, host.docker()));
    } catch (IllegalArgumentException broken) {
      hosts.clear();
    }
    return hosts;
  }

  /** The lines of these hosts in a list. */
  static List<String> items(String indent, SortedMap<String, String> hosts) {
    List<String> lines = new ArrayList<>();
    hosts.forEach(
        (name, docker) -> {
          boolean plain = PLAIN.matcher(name).matches() && !WORDS.contains(name);
          lines.add(indent + "- hostname: " + (plain ? name : '"' + name + '"'));
          lines.add(indent + "  docker: " + docker);
        });
    return lines;
  }

  /**
   * The configuration with another address of etcd.
   *
   * @return null if it does not have {@code endpoints:} on a line of its own
   */
  static @Nullable String withEtcd(String text, String endpoints) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    int begin = begin(lines, "etcd:");
    if (begin == lines.size()) {
      lines.add("etcd: {endpoints: \"" + endpoints + "\"}");
      return text(lines);
    }
    for (int n = begin + 1; n < end(lines, begin); n++) {
      Matcher line = ENDPOINTS.matcher(lines.get(n));
      if (line.matches()) {
        lines.set(n, line.group(1) + '"' + endpoints + '"');
        return text(lines);
      }
    }
    return null;
  }

  /** The line of a setting; the number of lines if there is none. */
  private static int begin(List<String> lines, String setting) {
    int n = 0;
    while (n < lines.size() && !lines.get(n).startsWith(setting)) {
      n++;
    }
    return n;
  }

  /** The line after a setting, without the comments of the next one. */
  private static int end(List<String> lines, int begin) {
    int end = begin + 1;
    while (end < lines.size() && !TOP.matcher(lines.get(end)).matches()) {
      end++;
    }
    while (end > begin + 1
        && (lines.get(end - 1).isBlank() || lines.get(end - 1).startsWith("#"))) {
      end--;
    }
    return end;
  }

  private static String text(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }
}
