package io.dowding.it;

import static io.dowding.it.Ask.COPY;
import static io.dowding.it.Ask.CREATE;
import static io.dowding.it.Ask.EVENTS;
import static io.dowding.it.Ask.EXEC_INSPECT;
import static io.dowding.it.Ask.EXEC_MAKE;
import static io.dowding.it.Ask.EXEC_START;
import static io.dowding.it.Ask.IMAGE;
import static io.dowding.it.Ask.INFO;
import static io.dowding.it.Ask.INSPECT;
import static io.dowding.it.Ask.KILL;
import static io.dowding.it.Ask.LIST;
import static io.dowding.it.Ask.NETWORK;
import static io.dowding.it.Ask.NETWORKS;
import static io.dowding.it.Ask.NETWORK_CONNECT;
import static io.dowding.it.Ask.NETWORK_CREATE;
import static io.dowding.it.Ask.NETWORK_REMOVE;
import static io.dowding.it.Ask.PING;
import static io.dowding.it.Ask.PLUGINS;
import static io.dowding.it.Ask.PULL;
import static io.dowding.it.Ask.REMOVE;
import static io.dowding.it.Ask.START;
import static io.dowding.it.Ask.UPDATE;
import static io.dowding.it.Ask.VERSION;
import static io.dowding.it.Ask.VOLUME;
import static io.dowding.it.Ask.VOLUMES;
import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dowding.it.TestCluster.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Nine hosts at once, each with a way of its own to answer wrongly, and an honest one. For each
 * request that an agent makes all nine lie; what is put meanwhile must run on the honest host as if
 * nothing were wrong, and soon after they tell the truth again everything must be as desired.
 */
@DisplayName("Hosts with wrong answers")
class LyingHostIT {

  private static final Duration AT_ONCE = Duration.ofSeconds(2);
  private static final Duration SOON_AFTER = Duration.ofSeconds(10);
  private static final Duration UNTIL_ALL_LIED = Duration.ofSeconds(30);
  private static final String EVERYWHERE =
      "\"deploy\":{\"mode\":\"global\",\"placement\":{\"constraints\":[\"node.hostname !="
          + " host1\"]}}";

  private final TestCluster cluster = new TestCluster(Testbed.HOSTS);
  private final AtomicInteger redirected = new AtomicInteger();
  private final TcpProxy elsewhere =
      new TcpProxy(
          cluster.hosts().getFirst().endpoint(),
          () -> {
            redirected.incrementAndGet();
            return (buffer, length) -> {};
          });
  private final Map<String, LyingProxy> liars = new LinkedHashMap<>();
  private int canaries;

  @AfterEach
  void clean() {
    cluster.stopAgent();
    liars.values().forEach(LyingProxy::close);
    elsewhere.close();
    cluster.close();
    cluster.hosts().forEach(LyingHostIT::removeNetworks);
    cluster.hosts().forEach(LyingHostIT::removeVolume);
  }

  private static void removeVolume(TestHost host) {
    host.docker().listVolumesCmd().exec().getVolumes().stream()
        .filter(volume -> volume.getName().equals("lies"))
        .forEach(volume -> host.docker().removeVolumeCmd(volume.getName()).exec());
  }

  private static void removeNetworks(TestHost host) {
    host.docker().listNetworksCmd().exec().stream()
        .filter(network -> network.getName().startsWith("net"))
        .forEach(network -> host.docker().removeNetworkCmd(network.getId()).exec());
  }

  private void start() {
    List<String> lines = new ArrayList<>();
    Iterator<Lie> lies = EnumSet.allOf(Lie.class).iterator();
    String to = elsewhere.docker().substring("tcp://".length());
    for (TestHost host : cluster.hosts()) {
      String docker = host.endpoint();
      if (!host.name().equals("host1")) {
        LyingProxy liar = new LyingProxy(docker, to, lies.next());
        liars.put(host.name(), liar);
        docker = liar.docker();
      }
      lines.add("- {hostname: " + host.name() + ", docker: \"" + docker + "\"}");
    }
    cluster.writeInventory(String.join("\n", lines));
    // A machine that is busy is no host that lies.
    cluster.patience(2, 4);
    cluster.startAgent();
  }

  /** Must run at once, whatever the others say. */
  private void canary() {
    String name = "canary" + ++canaries;
    cluster.put("services/" + name, service("\"x-dowding\":{\"pin\":\"host1\"}"));
    try {
      await()
          .atMost(AT_ONCE)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> cluster.status(name).path("running").asInt() == 1);
    } catch (ConditionTimeoutException late) {
      throw new AssertionError(name + " is " + cluster.status(name), late);
    }
  }

  private void awaitToldAll(Set<Ask> asks) {
    try {
      await()
          .atMost(UNTIL_ALL_LIED)
          .until(() -> liars.values().stream().allMatch(liar -> liar.told().containsAll(asks)));
    } catch (ConditionTimeoutException late) {
      Map<String, Set<Ask>> missing = new TreeMap<>();
      liars.forEach(
          (host, liar) -> {
            Set<Ask> never = EnumSet.copyOf(asks);
            never.removeAll(liar.told());
            missing.put(host + " " + liar.lie(), never);
          });
      throw new AssertionError("never asked for: " + missing, late);
    }
  }

  /** The containers beside the canaries, as {@code job state}. */
  private Set<String> present() {
    return cluster.containers().entrySet().stream()
        .filter(entry -> !entry.getKey().matches("(canary|crashes).*"))
        .map(entry -> entry.getKey() + " " + entry.getValue().state())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void awaitAllFine(Set<String> services) {
    Set<String> wanted = new TreeSet<>();
    for (String name : services) {
      liars.keySet().forEach(host -> wanted.add(name + "." + host + " running"));
    }
    try {
      await()
          .atMost(SOON_AFTER)
          .until(
              () ->
                  liars.keySet().stream().allMatch(this::isUp)
                      && present().equals(wanted)
                      && services.stream().allMatch(this::isRunning));
    } catch (ConditionTimeoutException late) {
      Map<String, Object> wrong = new TreeMap<>();
      liars.forEach(
          (host, liar) -> {
            if (!isUp(host)) {
              wrong.put(host + " " + liar.lie(), cluster.json("status/hosts/" + host));
            }
          });
      services.stream()
          .filter(name -> !isRunning(name))
          .forEach(name -> wrong.put(name, cluster.status(name)));
      Set<String> surplus = present();
      surplus.removeAll(wanted);
      wanted.removeAll(present());
      throw new AssertionError(
          "missing " + wanted + "\nsurplus " + surplus + "\nwrong " + wrong, late);
    }
    assertThat(redirected).hasValue(0);
  }

  private boolean isUp(String host) {
    var status = cluster.json("status/hosts/" + host);
    return status.path("state").asText().equals("up") && status.path("error").isMissingNode();
  }

  private boolean isRunning(String service) {
    return cluster.status(service).path("state").asText().equals("running");
  }

  private void honest() {
    liars.values().forEach(LyingProxy::beHonest);
  }

  private void lie(BiPredicate<Ask, String> about) {
    liars.values().forEach(liar -> liar.lie(Integer.MAX_VALUE, about));
  }

  /** One on each host but the honest one; without a network where it is to have none of its own. */
  private void everywhere(String name, String image, String command, String... more) {
    List<String> fields = new ArrayList<>(List.of(more));
    fields.add("\"image\":\"" + image + "\",\"command\":[\"" + command + "\"]");
    fields.add(EVERYWHERE);
    if (fields.stream().noneMatch(field -> field.startsWith("\"networks"))) {
      fields.add("\"network_mode\":\"none\"");
    }
    cluster.put("services/" + name, "{" + String.join(",", fields) + "}");
  }

  @Test
  @DisplayName("wrong information about a host and its containers affects no other host")
  void looking() {
    start();
    everywhere("base", Testbed.IMAGE, "serve");
    cluster.awaitRunning("base");
    Map<String, Seen> before = cluster.containers();
    List<Ask> looks = List.of(VERSION, INFO, PLUGINS, LIST, VOLUMES, INSPECT, EVENTS, PING, LIST);
    for (int round = 0; round < looks.size(); round++) {
      Ask ask = looks.get(round);
      if (round == looks.size() - 1) {
        liars.get("host10").tells(Lie.GZIP_BOMB);
      }
      lie((asked, about) -> asked == ask);
      liars.values().forEach(LyingProxy::cut);
      canary();
      awaitToldAll(Set.of(ask));
      if (ask == VERSION) {
        await().atMost(SOON_AFTER).until(() -> error("host2").contains("answered 307, a redirect"));
      }
      canary();
      honest();
      awaitAllFine(Set.of("base"));
    }
    before.forEach(
        (job, seen) -> assertThat(cluster.container(job).id()).as(job).isEqualTo(seen.id()));
  }

  private String error(String host) {
    return cluster.json("status/hosts/" + host).path("error").asText();
  }

  /**
   * They lie about each of these where the request is about this, twice, for the pause before
   * another try grows with each; and once for those that others of them come after.
   */
  private void lieAbout(Map<Ask, String> whats, Set<Ask> once) {
    for (LyingProxy liar : liars.values()) {
      liar.lie(
          2,
          (asked, about) ->
              whats.containsKey(asked)
                  && about.contains(whats.get(asked))
                  && (!once.contains(asked) || !liar.told().contains(asked)));
    }
  }

  /** All hosts of these tests share one machine, so not too much is made at once. */
  private void whileTheyLie(Map<Ask, String> whats) {
    awaitToldAll(whats.keySet());
    canary();
    honest();
  }

  @Test
  @DisplayName("a wrong answer to a change affects only that change")
  void changing() {
    start();
    pull();
    make();
    copyAndTakeOver();
    connect();
    run();
    remove();
  }

  private void pull() {
    String image = Testbed.shared().registryImage("lie-pulled");
    Map<Ask, String> whats = Map.of(IMAGE, "lie-pulled", PULL, "lie-pulled");
    lieAbout(whats, Set.of(IMAGE));
    everywhere("pulled", image, "serve", "\"pull_policy\":\"always\"");
    whileTheyLie(whats);
    awaitAllFine(Set.of("pulled"));
  }

  private void make() {
    Map<Ask, String> whats = Map.of(VOLUME, "/lies", CREATE, "name=made.", START, "/made/");
    lieAbout(whats, Set.of(VOLUME, CREATE));
    everywhere("made", Testbed.IMAGE, "serve", "\"volumes\":[\"lies:/data\"]");
    whileTheyLie(whats);
    awaitAllFine(Set.of("pulled", "made"));
  }

  private void copyAndTakeOver() {
    Map<Ask, String> whats = Map.of(COPY, "/copied/", UPDATE, "/crashes/");
    lieAbout(whats, Set.of());
    everywhere(
        "copied",
        Testbed.IMAGE,
        "serve",
        "\"configs\":[{\"source\":\"own\",\"target\":\"/etc/own\"}]",
        "\"x-dowding\":{\"configs\":{\"own\":{\"content\":\"mine\"}}}");
    everywhere("crashes", Testbed.IMAGE, "false");
    whileTheyLie(whats);
    awaitAllFine(Set.of("pulled", "made", "copied"));
    // Docker itself pauses between two restarts, and longer each time.
    await().atMost(TestCluster.SOON).until(this::isTakenOver);
    cluster.delete("services/crashes");
  }

  /** Docker itself restarts it no more. */
  private boolean isTakenOver() {
    return cluster.containers().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("crashes."))
        .map(Map.Entry::getValue)
        .map(seen -> seen.host().inspect(seen.id()).getHostConfig().getRestartPolicy().getName())
        .allMatch(policy -> policy.isEmpty() || policy.equals("no"));
  }

  private void connect() {
    Map<Ask, String> whats =
        Map.of(NETWORK, "/net1", NETWORK_CREATE, "net1", NETWORK_CONNECT, "/net3/");
    lieAbout(whats, Set.of(NETWORK));
    everywhere("one", Testbed.IMAGE, "serve", "\"networks\":[\"net1\"]");
    everywhere("two", Testbed.IMAGE, "serve", "\"networks\":[\"net2\",\"net3\"]");
    whileTheyLie(whats);
    awaitAllFine(Set.of("pulled", "made", "copied", "one", "two"));
  }

  private void run() {
    Map<Ask, String> whats =
        Map.of(EXEC_MAKE, "/runs/", EXEC_START, "/runs/", EXEC_INSPECT, "/runs/");
    lieAbout(whats, Set.of(EXEC_MAKE, EXEC_START));
    everywhere("runs", Testbed.IMAGE, "serve", "\"post_start\":[{\"command\":[\"true\"]}]");
    whileTheyLie(whats);
    awaitAllFine(Set.of("pulled", "made", "copied", "one", "two", "runs"));
  }

  private void remove() {
    Map<Ask, String> whats =
        Map.of(KILL, "/made/", REMOVE, "/made", NETWORKS, "", NETWORK_REMOVE, "/net");
    lieAbout(whats, Set.of(KILL, NETWORKS));
    for (String name : List.of("made", "one", "two")) {
      cluster.delete("services/" + name);
    }
    whileTheyLie(whats);
    awaitAllFine(Set.of("pulled", "copied", "runs"));
  }
}
