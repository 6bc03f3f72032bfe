package io.dowding;

import io.dowding.docker.Survey;
import io.dowding.model.Host;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The hosts' last answers. Thread-safe. */
final class Answers {

  private final Survey survey;
  private final Map<String, Long> asked = new HashMap<>();
  private Map<String, Survey.Answer> last = Map.of();

  Answers(Survey survey) {
    this.survey = survey;
  }

  /**
   * Asks those of these hosts that were not asked since a time, as of {@link System#nanoTime}.
   *
   * @return whether there were any
   */
  synchronized boolean ask(Collection<Host> hosts, long since) throws InterruptedException {
    List<Host> old = hosts.stream().filter(host -> isOld(host, since)).toList();
    if (old.isEmpty()) {
      return false;
    }
    long now = System.nanoTime();
    Map<String, Survey.Answer> all = new HashMap<>(last);
    all.putAll(survey.ask(old));
    last = all;
    old.forEach(host -> asked.put(host.hostname(), now));
    return true;
  }

  private boolean isOld(Host host, long since) {
    Long at = asked.get(host.hostname());
    Survey.Answer known = last.get(host.hostname());
    return at == null || at - since < 0 || known == null || !known.host().equals(host);
  }

  /** By hostname. Another map each time that hosts were asked. */
  synchronized Map<String, Survey.Answer> all() {
    return last;
  }
}
