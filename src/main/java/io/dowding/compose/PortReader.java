package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code ports}, in short and long form. */
final class PortReader {

  private static final Pattern SHORT =
      Pattern.compile(
          "(?:(?:(?<ip>\\[[0-9a-fA-F:]+]|[0-9.]*):)?(?<from>\\d*(?:-\\d+)?):)?"
              + "(?<to>\\d+(?:-\\d+)?)(?:/(?<protocol>(?i:tcp|udp|sctp)))?");
  private static final String EXAMPLE =
      "a port such as \"8080:80\", \"127.0.0.1:53:53/udp\" or {\"target\": 80, \"published\": 8080}";

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|\\d{1,2})(?:\\.(?!$)|$)){4}");
  private static final int MOST_PORTS = 65_535;
  private static final int LONGEST = 256;

  private record Range(int first, int last) {
    int size() {
      return last - first + 1;
    }

    String text() {
      return first + "-" + last;
    }
  }

  private PortReader() {}

  static List<Port> read(Fields service) {
    List<Port> ports = new ArrayList<>();
    int index = 0;
    for (JsonNode item : service.items("ports")) {
      String field = "ports[" + index++ + "]";
      List<Port> read =
          item.isObject()
              ? longForm(new Fields(service.path(field), item, service.problems()))
              : shortForm(item.asText());
      if (read == null) {
        service.problem(field, Fields.show(item) + " is not " + EXAMPLE);
      } else if (ports.size() + read.size() > MOST_PORTS) {
        service.problem(field, "is one too many: there are " + MOST_PORTS + " ports at most");
        return List.of();
      } else {
        ports.addAll(read);
      }
    }
    return ports.stream().distinct().sorted().toList();
  }

  private static @Nullable List<Port> longForm(Fields port) {
    Range target = port.text("target", "a port", PortReader::target);
    Range published = port.word("published", "a port or a range of ports", PortReader::range);
    String ip = port.text("host_ip");
    String protocol = port.word("protocol", "tcp, udp or sctp", text -> text);
    port.word("mode", "host or ingress", m -> m.equals("host") || m.equals("ingress") ? m : null);
    port.get("name");
    port.get("app_protocol");
    port.refuseOthers();
    return target == null || !isAddress(ip) ? null : pair(ip, published, target, protocol);
  }

  private static boolean isAddress(@Nullable String ip) {
    return ip == null || ip.isEmpty() || ip.contains(":") || IPV4.matcher(ip).matches();
  }

  private static @Nullable List<Port> shortForm(String text) {
    Matcher matcher = SHORT.matcher(text);
    if (text.length() > LONGEST || !matcher.matches()) {
      return null;
    }
    String from = matcher.group("from");
    Range published = from == null || from.isEmpty() ? null : range(from);
    Range target = target(matcher.group("to"));
    boolean bad =
        target == null
            || (published == null && from != null && !from.isEmpty())
            || !isAddress(matcher.group("ip"));
    return bad || target == null
        ? null
        : pair(matcher.group("ip"), published, target, matcher.group("protocol"));
  }

  private static @Nullable List<Port> pair(
      @Nullable String ip, @Nullable Range published, Range target, @Nullable String protocol) {
    boolean isFree = published == null || published.first() == 0;
    String address = ip == null ? "" : ip.replace("[", "").replace("]", "");
    String which = protocol == null ? "tcp" : protocol.toLowerCase(Locale.ROOT);
    if (published != null && !isFree && published.size() != target.size()) {
      return target.size() == 1
          ? List.of(new Port(address, 0, target.first(), which, published.text()))
          : null;
    }
    List<Port> ports = new ArrayList<>();
    for (int i = 0; i < target.size(); i++) {
      ports.add(
          new Port(
              address,
              isFree || published == null ? 0 : published.first() + i,
              target.first() + i,
              which));
    }
    return ports;
  }

  private static @Nullable Range target(String text) {
    Range range = range(text);
    return range == null || range.first() == 0 ? null : range;
  }

  private static @Nullable Range range(String text) {
    if (text.length() > LONGEST || !text.matches("\\d{1,5}(-\\d{1,5})?")) {
      return null;
    }
    int dash = text.indexOf('-');
    int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
    int last = dash < 0 ? first : Integer.parseInt(text.substring(dash + 1));
    boolean isRange = last <= MOST_PORTS && first <= last;
    // A published port of 0 means any free port.
    return isRange && (first > 0 || last == 0) ? new Range(first, last) : null;
  }
}
