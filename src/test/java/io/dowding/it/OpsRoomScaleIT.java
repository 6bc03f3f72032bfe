package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.control.Health;
import io.dowding.control.SteadyClock;
import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdSettings;
import io.dowding.etcd.StatusWatch;
import io.dowding.http.AgentHttp;
import io.dowding.http.Metrics;
import io.dowding.http.OpsRoom;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The ops room in a browser, with the status of large clusters in a real etcd")
class OpsRoomScaleIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  private final Testbed bed = Testbed.shared();
  private final String base = "/ops-" + UUID.randomUUID().toString().substring(0, 4);
  private EtcdKeys keys;
  private AgentHttp server;
  private Browser browser;
  private RoomPage page;

  @BeforeEach
  void begin() throws IOException, InterruptedException {
    EtcdSettings settings = EtcdSettings.at(bed.etcdEndpoint());
    keys = new EtcdKeys(settings, base);
    Health health = new Health(new SteadyClock());
    Path directory = Files.createTempDirectory(bed.root(), "room");
    OpsRoom.Setup setup =
        new OpsRoom.Setup("control2", base, Duration.ofSeconds(10), directory, () -> null);
    server =
        new AgentHttp(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            health,
            new Metrics(health, Map.of()),
            new OpsRoom(
                setup, new StatusWatch(settings, base, new SteadyClock()), InstantSource.system()));
    browser = new Browser(Files.createDirectory(directory.resolve("browser")));
    bed.remember(browser.process());
    page = new RoomPage(browser);
  }

  @AfterEach
  void end() {
    browser.close();
    server.close();
    keys.all("").keySet().forEach(keys::delete);
    keys.close();
  }

  private RoomScene open(int hosts, int jobs) {
    RoomScene scene = new RoomScene(keys, hosts, jobs);
    scene.write();
    page.open("127.0.0.1:" + server.address().getPort());
    page.awaitTrue("document.querySelectorAll('.counter').length === " + jobs);
    return scene;
  }

  private boolean fits() {
    return browser.script("document.documentElement.scrollWidth <= innerWidth").asBoolean();
  }

  @Test
  @DisplayName("1,000 jobs on 100 hosts: all there, none too small, and axe-core finds nothing")
  void thousand() throws IOException {
    browser.size(1280, 900);
    open(100, 1000);
    assertThat(browser.script("document.querySelectorAll('#plot .host').length").asInt())
        .isEqualTo(101);
    assertThat(
            browser
                .script(
                    "Math.min(...[...document.querySelectorAll('.counter')].map(c =>"
                        + " Math.min(c.offsetWidth, c.offsetHeight)))")
                .asInt())
        .isGreaterThanOrEqualTo(22);
    // Rows of the columns of hosts: the table is not longer than two screens.
    assertThat(browser.script("document.getElementById('plot').offsetHeight").asInt())
        .isLessThan(1800);
    assertThat(page.text("#summary")).contains("of 1000 jobs good", "host98 not seen");
    assertThat(page.isStale("host98")).isTrue();
    assertThat(page.isStale("host97")).isFalse();
    assertThat(page.violations("dark")).isEmpty();
    assertThat(fits()).isTrue();
    browser.size(390, 800);
    assertThat(fits()).isTrue();
    page.hasNoComplaints();
  }

  @Test
  @DisplayName("a counter that moves is seen to move, unless motion is unwelcome; no other changes")
  void moves() {
    browser.size(1280, 900);
    browser.prefer("light", false);
    RoomScene scene = open(100, 1000);
    browser.script(
        "window.animated = []; window.changed = new Set();"
            + " const animate = Element.prototype.animate;"
            + " Element.prototype.animate = function (...a) { window.animated.push(this.id); return animate.apply(this, a); };"
            + " new MutationObserver(all => all.forEach(m => m.target.closest?.('.counter') && window.changed.add(m.target.closest('.counter').id)))"
            + ".observe(document.getElementById('plot'), {subtree: true, attributes: true, attributeFilter: ['data-state', 'aria-label', 'class']})");
    String job = scene.move(3, 77);
    await().atMost(SOON).until(() -> page.hostOf(job).equals(scene.hostName(77)));
    assertThat(browser.script("window.animated.join()").asText()).isEqualTo("c-" + job);
    assertThat(browser.script("window.changed.size").asInt()).isZero();
    browser.prefer("light", true);
    browser.script("window.animated = []");
    String still = scene.move(4, 78);
    await().atMost(SOON).until(() -> page.hostOf(still).equals(scene.hostName(78)));
    assertThat(browser.script("window.animated.length").asInt()).isZero();
  }

  @Test
  @DisplayName("it says when no agent leads, and when etcd is lost; what comes from there is text")
  void trouble() {
    open(2, 3);
    keys.delete("leader/1");
    page.awaitText("#link-text", "No agent leads");
    browser.open("http://127.0.0.1:" + server.address().getPort() + "/room/");
    page.awaitText("#link-text", "No agent leads");
    page.awaitText("#hosts", "not known");
    assertThat(page.isStale("ash")).isTrue();
    assertThat(page.text("#summary")).contains("ash, birch not seen");
    keys.put("leader/2", "{\"name\":\"<b>other</b>\"}");
    page.awaitText("#about", "<b>other</b> leads");
    page.awaitText("#link-text", "Live");
    bed.killEtcd();
    page.awaitText("#link-text", "No news from etcd – showing what was known at ");
    bed.restartEtcd();
    page.awaitText("#link-text", "Live");
    String image = "<img src=x onerror=alert(1)>";
    keys.put(
        "status/services/x<i>",
        "{\"state\":\"pending\",\"desired\":1,\"jobs\":{\"x.1\":{\"state\":\"pending\",\"reason\":\""
            + image
            + "\"}}}");
    page.awaitText("#why", image);
    keys.put(
        "status/services/y",
        "{\"jobs\":{\"y.1\":{\"state\":\"constructor\",\"reason\":7,\"host\":\"ash\"}}}");
    page.awaitState("y.1", "unseen");
    assertThat(browser.script("document.querySelectorAll('img, main i i, main b').length").asInt())
        .isZero();
    page.hasNoComplaints();
  }

  /** The README shows two of them. */
  @ParameterizedTest
  @CsvSource({"2,3", "4,60", "100,1000"})
  @DisplayName("pictures of it, in target/room")
  void pictures(int hosts, int jobs) throws IOException {
    Path directory = Files.createDirectories(Path.of("target/room"));
    browser.prefer("light", true);
    open(hosts, jobs);
    for (String scheme : List.of("light", "dark")) {
      browser.prefer(scheme, true);
      for (int width : List.of(1280, 390)) {
        browser.size(width, width == 390 ? 844 : 900);
        assertThat(fits()).isTrue();
        Path file = directory.resolve("%d-%s-%d.png".formatted(jobs, scheme, width));
        browser.picture(file);
        assertThat(file).isNotEmptyFile();
      }
    }
  }
}
