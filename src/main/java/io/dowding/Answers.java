package io.dowding;

import io.dowding.docker.Survey;
import io.dowding.model.Host;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Asks the hosts, and keeps their last answers. Thread-safe. */
final class Answers {

  private final Survey survey;
  private Known last = new Known(Map.of(), Map.of());

  /**
   * The hosts' answers as known at one time, by hostname.
   *
   * @param asked when each was asked for, as of {@link System#nanoTime}
   */
  record Known(Map<String, Survey.Answer> answers, Map<String, Long> asked) {

    /** Whether all these hosts were asked since a time. */
    boolean areSince(Collection<Host> hosts, long since) {
      return hosts.stream().noneMatch(host -> isOld(host, since));
    }

    private boolean isOld(Host host, long since) {
      Long at = asked.get(host.hostname());
      Survey.Answer answer = answers.get(host.hostname());
      return at == null || at - since < 0 || answer == null || !answer.host().equals(host);
    }
  }

  Answers(Survey survey) {
    this.survey = survey;
  }

  /**
   * The answers of these hosts, and of no others; the same object until a host is asked. Asks those
   * that were not asked since a time, as of {@link System#nanoTime}.
   */
  synchronized Known of(Collection<Host> hosts, long since) throws InterruptedException {
    Set<String> names = hosts.stream().map(Host::hostname).collect(Collectors.toSet());
    if (!names.containsAll(last.answers().keySet())) {
      Known left = new Known(new HashMap<>(last.answers()), new HashMap<>(last.asked()));
      left.answers().keySet().retainAll(names);
      left.asked().keySet().retainAll(names);
      last = left;
    }
    ask(hosts, since);
    return last;
  }

  /** Asks those of these hosts that were not asked since a time. */
  synchronized void ask(Collection<Host> hosts, long since) throws InterruptedException {
    List<Host> old = hosts.stream().filter(host -> last.isOld(host, since)).toList();
    if (!old.isEmpty()) {
      Known now = new Known(new HashMap<>(last.answers()), new HashMap<>(last.asked()));
      old.forEach(host -> now.asked().put(host.hostname(), System.nanoTime()));
      now.answers().putAll(survey.ask(old));
      last = now;
    }
  }
}
