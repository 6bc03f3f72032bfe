package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The ops room, as a person finds it in a browser. */
record RoomPage(Browser browser) {

  private static final Duration SOON = Duration.ofSeconds(40);

  /** Opens the page of the agent at this address, and waits until it shows what there is. */
  void open(String address) {
    browser.open("http://" + address + "/room/");
    awaitText("#link-text", "Live");
    awaitTrue("document.querySelectorAll('#plot .host').length > 0");
  }

  void awaitTrue(String expression) {
    try {
      await().atMost(SOON).until(() -> browser.script("Boolean(" + expression + ")").asBoolean());
    } catch (org.awaitility.core.ConditionTimeoutException late) {
      throw new AssertionError(expression + " is not so on this page: " + text("body"), late);
    }
  }

  void awaitText(String selector, String part) {
    try {
      await().atMost(SOON).until(() -> text(selector).contains(part));
    } catch (org.awaitility.core.ConditionTimeoutException late) {
      throw new AssertionError(selector + " is \"" + text(selector) + '"', late);
    }
  }

  String text(String selector) {
    return browser.text(selector);
  }

  private static String counter(String job) {
    return "document.getElementById('c-" + job + "')";
  }

  void awaitState(String job, String state) {
    awaitTrue(counter(job) + "?.dataset.state === '" + state + "'");
  }

  /** The host in whose column the counter is; empty if there is no such counter. */
  String hostOf(String job) {
    return browser
        .script(counter(job) + "?.closest('.host').querySelector('h3').textContent ?? ''")
        .asText();
  }

  /** Whether the column of this host stands out as one that is not seen. */
  boolean isStale(String host) {
    return browser
        .script(
            "[...document.querySelectorAll('.host.lost h3')].some(h => h.textContent === '"
                + host
                + "')")
        .asBoolean();
  }

  /** The colour of this host's counters. */
  String segment(String host) {
    return browser
        .script(
            "[...document.querySelectorAll('.host')].find(h => h.querySelector('h3').textContent === '"
                + host
                + "').dataset.segment")
        .asText();
  }

  /** What a screen reader says of a counter. */
  String nameOf(String job) {
    return browser
        .script(
            counter(job)
                + ".getAttribute('aria-labelledby').split(' ').map(id =>"
                + " document.getElementById(id)).map(e => e.getAttribute('aria-label') ?? e.textContent).join('')")
        .asText();
  }

  void focus(String job) {
    browser.script(counter(job) + ".focus()");
  }

  /** The job whose counter has the focus; empty if it is elsewhere. */
  String focused() {
    return browser
        .script(
            "document.activeElement.id.startsWith('c-') ? document.activeElement.id.slice(2) : ''")
        .asText();
  }

  /** What axe-core finds, in each of these: {@code dark}, {@code light}. */
  List<String> violations(String... schemes) throws IOException {
    browser.script(axe());
    List<String> found = new ArrayList<>();
    for (String scheme : schemes) {
      browser.prefer(scheme, true);
      JsonNode violations =
          browser.script(
              "axe.run({resultTypes: ['violations']}).then(result => result.violations.map(one => one.id + ': ' +"
                  + " one.nodes.slice(0, 3).map(node => node.html + ' ' + node.failureSummary).join('; ')))");
      violations.forEach(one -> found.add(scheme + ": " + one.asText()));
    }
    return found;
  }

  private static String axe() throws IOException {
    try (InputStream script = RoomPage.class.getResourceAsStream("/axe.min.js")) {
      return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The page has logged no error, and its policy has refused nothing. */
  void hasNoComplaints() {
    assertThat(browser.complaints()).isEmpty();
  }
}
