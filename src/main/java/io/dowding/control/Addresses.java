package io.dowding.control;

import io.dowding.model.Host;
import io.dowding.model.Port;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Where a container's published ports can be reached, in the format of {@code docker ps}. */
final class Addresses {

  /** A status with more entries would be too large for etcd. */
  private static final int MOST = 1000;

  private Addresses() {}

  /**
   * Joins consecutive ports: {@code 10.0.0.1:8000-8100->8000-8100/tcp}. With more than 1,000
   * entries, the last one says how many are left out.
   */
  static List<String> of(Host host, List<Port> ports) {
    List<Range> ranges = new ArrayList<>();
    ports.stream()
        .map(port -> one(address(host, port.hostIp()), port))
        .distinct()
        .sorted(Range.ORDER)
        .forEach(next -> add(ranges, next));
    ranges.sort(Comparator.comparing(Range::first));
    List<String> texts = new ArrayList<>();
    ranges.stream().limit(MOST).forEach(range -> texts.add(range.text()));
    if (ranges.size() > MOST) {
      texts.add("and " + (ranges.size() - MOST) + " more");
    }
    return texts;
  }

  private static Range one(String address, Port port) {
    Port anywhere = new Port("", port.published(), port.target(), port.protocol());
    return new Range(address, anywhere, anywhere);
  }

  private static void add(List<Range> ranges, Range next) {
    Range last = ranges.isEmpty() ? null : ranges.getLast();
    if (last != null && last.isBefore(next)) {
      ranges.set(ranges.size() - 1, new Range(last.address(), last.first(), next.last()));
    } else {
      ranges.add(next);
    }
  }

  private static String address(Host host, String bound) {
    boolean all = bound.isEmpty() || bound.equals("0.0.0.0") || bound.equals("::");
    return all ? host.address() : bound;
  }

  private record Range(String address, Port first, Port last) {

    static final Comparator<Range> ORDER =
        Comparator.comparing(Range::address)
            .thenComparing(range -> range.first().protocol())
            .thenComparing(Range::first);

    boolean isBefore(Range next) {
      return address.equals(next.address)
          && last.protocol().equals(next.first.protocol())
          && last.published() + 1 == next.first.published()
          && last.target() + 1 == next.first.target();
    }

    String text() {
      return address
          + ":"
          + span(first.published(), last.published())
          + "->"
          + span(first.target(), last.target())
          + "/"
          + first.protocol();
    }

    private static String span(int from, int to) {
      return from == to ? Integer.toString(from) : from + "-" + to;
    }
  }
}
