package io.dowding.it;

import static io.dowding.it.TestCluster.replicas;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The ops room in a browser, on real engines")
class OpsRoomIT {

  private static final Duration SOON = Duration.ofSeconds(40);

  private static TestCluster cluster;
  private static Process follower;
  private static String following;
  private static Browser browser;
  private static RoomPage page;

  @BeforeAll
  static void begin() throws IOException, InterruptedException {
    cluster = new TestCluster(3);
    String config = Files.readString(cluster.configFile());
    Files.writeString(
        cluster.configFile(),
        config.replace("\"off\"", "127.0.0.1:0").replace("etcd:", "name: one\netcd:"));
    cluster.startAgent();
    cluster.put("services/web", service(replicas(3)));
    cluster.put("services/db", service());
    cluster.awaitRunning("web");
    cluster.awaitRunning("db");
    following = "127.0.0.1:" + Testbed.shared().freePort();
    Path second =
        Files.writeString(
            cluster.directory().resolve("second.yaml"),
            config
                .replace("\"off\"", following)
                .replace("/state", "/state2")
                .replace("etcd:", "name: two\netcd:"));
    follower =
        ChildJvm.start(
            CrashingAgent.class,
            cluster.directory().resolve("second.log"),
            second.toString(),
            CrashingAgent.Point.NEVER.name());
    browser = new Browser(Files.createTempDirectory(Testbed.shared().root(), "browser"));
    Testbed.shared().remember(browser.process());
    browser.size(1280, 900);
    page = new RoomPage(browser);
  }

  @AfterAll
  static void end() {
    browser.close();
    follower.destroyForcibly().onExit().join();
    cluster.close();
  }

  @AfterEach
  void calm() {
    cluster.hosts().forEach(TestHost::heal);
    page.hasNoComplaints();
  }

  private static boolean isPlotted(String job) {
    return !page.hostOf(job).isEmpty() && page.hostOf(job).equals(host(job));
  }

  private static String host(String job) {
    return cluster.jobStatus(job).path("host").asText();
  }

  @Test
  @DisplayName("a deployment appears, with its jobs where they are, on the leader and a follower")
  void deployment() {
    await().atMost(SOON).until(() -> cluster.all("leader/").size() == 2);
    for (String address : List.of(cluster.address(), following)) {
      String name = "new" + (address.equals(following) ? "2" : "1");
      page.open(address);
      page.awaitText("#about", address.equals(following) ? "two, one leads" : "one, which leads");
      assertThat(page.text("#tote-body")).doesNotContain(name);
      cluster.put("services/" + name, service(replicas(2)));
      page.awaitState(name + ".1", "good");
      page.awaitState(name + ".2", "good");
      await().atMost(SOON).until(() -> isPlotted(name + ".1") && isPlotted(name + ".2"));
      page.awaitText("#tote-body", name + "\t2\t0\t0\t0\t2\t0\t0");
      page.awaitText("#events", "start " + name + ".1");
      assertThat(page.nameOf(name + ".1"))
          .matches(name + "\\.1, G good, [RYB], (red|yellow|blue) segment, seen within 3 s");
      cluster.delete("services/" + name);
      page.awaitTrue("!document.getElementById('c-" + name + ".1')");
    }
  }

  @Test
  @DisplayName("a job that is held says so, and what to do, in the words of the status")
  void held() {
    page.open(following);
    TestCluster.Seen seen = cluster.container("db.1");
    seen.host().docker().renameContainerCmd(seen.id()).withName("elsewhere").exec();
    page.awaitState("db.1", "held");
    await().atMost(SOON).until(() -> cluster.jobStatus("db.1").has("reason"));
    String why = cluster.jobStatus("db.1").path("reason").asText();
    assertThat(why).contains("docker rename elsewhere");
    page.awaitText("#why", why);
    page.awaitText("#summary", "1 held");
    assertThat(page.nameOf("db.1")).startsWith("db.1, H held");
    seen.host().remove(seen.id());
    page.awaitState("db.1", "good");
    page.awaitTrue("!document.getElementById('why').innerText.includes('docker rename')");
  }

  @Test
  @DisplayName("a lost host stands out, its jobs move, and the audit log tells where they were")
  void hostLost() {
    page.open(cluster.address());
    await().atMost(SOON).until(() -> isPlotted("web.1"));
    TestHost lost = Testbed.shared().host(host("web.1"));
    Instant before = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    lost.cut();
    await().atMost(SOON).until(() -> page.isStale(lost.name()));
    page.awaitText("#summary", lost.name() + " not seen");
    page.awaitTrue(
        "/seen \\d+ s ago/.test(document.querySelector('.host.lost .note').textContent)");
    await().atMost(SOON).until(() -> !host("web.1").equals(lost.name()));
    page.awaitState("web.1", "good");
    await().atMost(SOON).until(() -> isPlotted("web.1"));
    assertThat(page.hostOf("web.1")).isNotEqualTo(lost.name());

    LocalDateTime local = LocalDateTime.ofInstant(before, ZoneId.systemDefault());
    browser.script(
        "(jump => { jump.value = '"
            + local
            + "'; jump.dispatchEvent(new Event('change')); })(document.getElementById('jump'))");
    await().atMost(SOON).until(() -> page.hostOf("web.1").equals(lost.name()));
    page.awaitText("#link-text", "In the past");
    page.awaitText("#moment", "Before: ");
    page.focus("web.1");
    browser.press("Enter");
    page.awaitText("#detail", "started");
    browser.press("Escape");
    // The last step back is the event that moved it.
    browser.script("document.getElementById('slider').focus()");
    browser.press("End");
    browser.press("ArrowLeft");
    page.awaitText("#link-text", "In the past");
    browser.script("document.getElementById('live').click()");
    page.awaitText("#link-text", "Live");
    await().atMost(SOON).until(() -> isPlotted("web.1"));

    lost.heal();
    await().atMost(SOON).until(() -> !page.isStale(lost.name()));
  }

  @Test
  @DisplayName(
      "counters of a silent host keep the colour of its last contact; others change theirs")
  void segments() {
    page.open(cluster.address());
    TestHost lost = cluster.hosts().get(0);
    String other = cluster.hosts().get(1).name();
    // It stays where it is.
    cluster.put("pins/stays", lost.name());
    cluster.put("services/stays", service());
    page.awaitState("stays.1", "good");
    lost.cut();
    await().atMost(SOON).until(() -> contact(lost) != null);
    Instant contact = contact(lost);
    String last = segment(contact);
    // Until the first colour comes round again.
    Set<String> colours = new TreeSet<>();
    for (int n = 1; n <= 2; n++) {
      String present = segment(contact.plusSeconds(10L * n));
      await().atMost(SOON).until(() -> page.segment(other).equals(present));
      assertThat(contact(lost)).isEqualTo(contact);
      assertThat(page.segment(lost.name())).isEqualTo(last);
      assertThat(page.hostOf("stays.1")).isEqualTo(lost.name());
      assertThat(page.nameOf("stays.1")).contains(last + " segment, ");
      colours.add(present);
    }
    assertThat(colours).hasSize(2).doesNotContain(last);
    assertThat(page.nameOf("stays.1")).containsPattern("last seen \\d+ s ago");
    lost.heal();
    await().atMost(SOON).until(() -> page.segment(lost.name()).equals(page.segment(other)));
    cluster.delete("services/stays");
    cluster.delete("pins/stays");
  }

  private static Instant contact(TestHost host) {
    JsonNode contact = cluster.json("status/hosts/" + host.name()).path("lastContact");
    return contact.isMissingNode() ? null : Instant.parse(contact.asText());
  }

  /** The colour of the clock at this time; segments last 10 s here. */
  private static String segment(Instant at) {
    return List.of("red", "yellow", "blue").get((int) (at.getEpochSecond() / 10 % 3));
  }

  @Test
  @DisplayName("it works with the keyboard alone")
  void keyboard() {
    page.open(cluster.address());
    page.awaitState("web.1", "good");
    page.focus("web.1");
    browser.press("Home");
    String first = page.focused();
    browser.press("ArrowRight");
    String second = page.focused();
    assertThat(page.hostOf(second)).isNotEqualTo(page.hostOf(first));
    browser.press("ArrowLeft");
    assertThat(page.focused()).isEqualTo(first);
    assertThat(
            browser.script("document.querySelectorAll('.counter[tabindex=\"0\"]').length").asInt())
        .isEqualTo(1);
    browser.press("Enter");
    page.awaitText("#detail-title", first);
    assertThat(page.text("#detail-facts"))
        .contains(cluster.jobStatus(first).path("container").asText())
        .contains(cluster.jobStatus(first).path("why").asText());
    browser.press("Escape");
    assertThat(page.focused()).isEqualTo(first);
    browser.press("/");
    for (String letter : List.of("d", "b")) {
      browser.press(letter);
    }
    page.awaitTrue(
        "[...document.querySelectorAll('.counter')].filter(c => c.offsetParent).map(c => c.id)"
            + ".join() === 'c-db.1'");
    browser.press("Escape");
    page.awaitTrue("[...document.querySelectorAll('.counter')].every(c => c.offsetParent)");
  }

  @Test
  @DisplayName("after a lost connection it says as of when, and goes on with what was missed")
  void reconnects() {
    try (TcpProxy proxy = new TcpProxy("http://" + cluster.address())) {
      page.open(proxy.endpoint().substring("http://".length()));
      page.awaitState("web.1", "good");
      browser.script("document.getElementById('filter').value = ''; window.sameOne = true");
      proxy.cut();
      page.awaitText("#link-text", "Disconnected – showing what was known at ");
      cluster.put("services/late", service());
      cluster.awaitRunning("late");
      assertThat(page.hostOf("late.1")).isEmpty();
      proxy.heal();
      page.awaitText("#link-text", "Live");
      page.awaitState("late.1", "good");
      assertThat(browser.script("window.sameOne").asBoolean()).isTrue();
      cluster.delete("services/late");
    }
  }

  @Test
  @DisplayName("axe-core finds nothing, in dark and in light, live and in the past")
  void accessible() throws IOException {
    cluster.put(
        "services/big",
        service("\"deploy\":{\"resources\":{\"reservations\":{\"memory\":\"900g\"}}}"));
    page.open(following);
    page.awaitState("big.1", "waiting");
    assertThat(page.violations("dark", "light")).isEmpty();
    page.focus("big.1");
    browser.press("Enter");
    page.awaitText("#detail-facts", "no host fits");
    assertThat(page.violations("dark", "light")).isEmpty();
    browser.script(
        "(slider => { slider.value = 1; slider.dispatchEvent(new Event('input')); })"
            + "(document.getElementById('slider'))");
    page.awaitText("#link-text", "In the past");
    assertThat(page.violations("dark", "light")).isEmpty();
    browser.size(390, 800);
    assertThat(page.violations("dark", "light")).isEmpty();
    browser.size(1280, 900);
    cluster.delete("services/big");
  }
}
