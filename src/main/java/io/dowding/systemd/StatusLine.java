package io.dowding.systemd;

import io.dowding.control.Census;
import io.dowding.control.Condition;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an agent does, in one line. */
final class StatusLine {

  private static final List<String> TROUBLED = List.of("pending", "held");
  private static final List<String> AWAY = List.of("unknown", "down");

  private StatusLine() {}

  /** Such as {@code leading: 3 services, 8 of 9 jobs running, 1 job pending, 1 host down}. */
  static String of(Condition condition) {
    String notReady = condition.whyNotReady();
    if (!condition.leads()) {
      boolean observes = condition.part() == Condition.Part.OBSERVES;
      String ready = observes ? "observing: changes nothing" : "following: ready to take over";
      return condition.isReady() ? ready : notReady;
    }
    Census census = condition.census();
    if (census == null) {
      return "leading: " + notReady;
    }
    return Stream.of(
            Stream.of(
                "leading: " + count(total(census.services()), "service"),
                census.running()
                    + " of "
                    + count(census.desired() - census.completed(), "job")
                    + " running"),
            each(TROUBLED, census.jobs(), "job"),
            each(AWAY, census.hosts(), "host"),
            Stream.of(
                census.warned() == 0 ? "" : count(census.warned(), "host") + " with a problem",
                census.holds() == 0 ? "" : count(census.holds(), "hold") + " to release",
                census.problems() == 0 ? "" : count(census.problems(), "unusable key"),
                notReady))
        .flatMap(parts -> parts)
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static int total(Map<String, Integer> numbers) {
    return numbers.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static Stream<String> each(
      List<String> states, Map<String, Integer> numbers, String noun) {
    return states.stream()
        .filter(numbers::containsKey)
        .map(state -> count(numbers.getOrDefault(state, 0), noun) + " " + state);
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
