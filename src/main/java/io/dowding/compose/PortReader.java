package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code ports}, in its short and its long form. */
final class PortReader {

  private static final Pattern SHORT =
      Pattern.compile(
          "(?:(?:(?<ip>\\[[0-9a-fA-F:]+]|[0-9.]+):)?(?<from>\\d*(?:-\\d+)?):)?"
              + "(?<to>\\d+(?:-\\d+)?)(?:/(?<protocol>tcp|udp|sctp))?");
  private static final String EXAMPLE =
      "a port such as \"8080:80\", \"127.0.0.1:53:53/udp\" or {\"target\": 80, \"published\": 8080}";

  private static final int MOST_PORTS = 65_535;
  private static final int LONGEST = 256;

  private record Range(int first, int last) {
    int size() {
      return last - first + 1;
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
    Range target = port.text("target", "a port", PortReader::range);
    Range published = port.text("published", "a port or a range of ports", PortReader::range);
    String ip = port.text("host_ip");
    String protocol = port.text("protocol");
    port.text("mode", "host or ingress", m -> m.equals("host") || m.equals("ingress") ? m : null);
    port.get("name");
    port.get("app_protocol");
    port.refuseOthers();
    return target == null ? null : pair(ip, published, target, protocol);
  }

  private static @Nullable List<Port> shortForm(String text) {
    Matcher matcher = SHORT.matcher(text);
    if (text.length() > LONGEST || !matcher.matches()) {
      return null;
    }
    String from = matcher.group("from");
    Range published = from == null || from.isEmpty() ? null : range(from);
    Range target = range(matcher.group("to"));
    boolean bad = target == null || (published == null && from != null && !from.isEmpty());
    return bad || target == null
        ? null
        : pair(matcher.group("ip"), published, target, matcher.group("protocol"));
  }

  private static @Nullable List<Port> pair(
      @Nullable String ip, @Nullable Range published, Range target, @Nullable String protocol) {
    if (published != null && published.size() != target.size()) {
      return null;
    }
    String address = ip == null ? "" : ip.replace("[", "").replace("]", "");
    List<Port> ports = new ArrayList<>();
    for (int i = 0; i < target.size(); i++) {
      ports.add(
          new Port(
              address,
              published == null ? 0 : published.first() + i,
              target.first() + i,
              protocol == null ? "tcp" : protocol));
    }
    return ports;
  }

  private static @Nullable Range range(String text) {
    if (text.length() > LONGEST || !text.matches("\\d{1,5}(-\\d{1,5})?")) {
      return null;
    }
    int dash = text.indexOf('-');
    int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
    int last = dash < 0 ? first : Integer.parseInt(text.substring(dash + 1));
    return first < 1 || last > 65535 || last < first ? null : new Range(first, last);
  }
}
