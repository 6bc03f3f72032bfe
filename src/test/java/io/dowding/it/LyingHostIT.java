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
import java.util.HashMap;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Nine hosts that answer wrongly, each in a different way, and one honest host. All nine lie about
 * each request of an agent in turn. Meanwhile new services must run on the honest host without
 * delay. Once the nine are honest again, the cluster must converge quickly.
 */
@Tag("two-at-a-time")
@DisplayName("Hosts with wrong answers")
class LyingHostIT {

  /** Until a new service runs on the honest host. */
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  /**
   * The same without lying hosts on an idle machine. If a cluster without them takes longer at the
   * same time, the machine is busy, and the excess is added to {@link #AT_ONCE}. Lies cannot hide
   * in it: if they delay another host, then by a timeout, and only in the cluster that has them.
   */
  private static final Duration USUAL = Duration.ofMillis(500);

  private static final Duration SOON_AFTER = Duration.ofSeconds(10);
  private static final Duration UNTIL_ALL_LIED = Duration.ofSeconds(30);
  private static final String EVERYWHERE =
      "\"deploy\":{\"mode\":\"global\",\"placement\":{\"constraints\":[\"node.hostname !="
          + " host1\"]}}";

  private final TestCluster cluster = new TestCluster(Testbed.HOSTS);
  private final TestCluster honest = new TestCluster(1);
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
    honest.close();
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
    // Long enough that a busy machine does not cause timeouts.
    cluster.patience(2, 4);
    cluster.startAgent();
    honest.startAgent();
  }

  /** A new service on the honest host must run without delay. */
  private void canary() {
    String name = "canary" + ++canaries;
    Map<TestCluster, Duration> took = new HashMap<>();
    long begun = System.nanoTime();
    for (TestCluster one : List.of(cluster, honest)) {
      one.put("services/" + name, service("\"x-dowding\":{\"pin\":\"host1\"}"));
    }
    try {
      await()
          .atMost(TestCluster.SOON)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                for (TestCluster one : List.of(cluster, honest)) {
                  if (one.status(name).path("running").asInt() == 1) {
                    took.putIfAbsent(one, Duration.ofNanos(System.nanoTime() - begun));
                  }
                }
                return took.size() == 2;
              });
    } catch (ConditionTimeoutException late) {
      throw new AssertionError(name + ": " + cluster.status(name), late);
    }
    Duration without = took.get(honest);
    Duration busy = without.compareTo(USUAL) > 0 ? without.minus(USUAL) : Duration.ZERO;
    assertThat(took.get(cluster))
        .as("%s; without lying hosts it took %s", name, without)
        .isLessThanOrEqualTo(AT_ONCE.plus(busy));
  }

  private void awaitLiesAbout(Set<Ask> asks) {
    try {
      await()
          .atMost(UNTIL_ALL_LIED)
          .until(
              () -> liars.values().stream().allMatch(liar -> liar.liedAbout().containsAll(asks)));
    } catch (ConditionTimeoutException late) {
      Map<String, Set<Ask>> missing = new TreeMap<>();
      liars.forEach(
          (host, liar) -> {
            Set<Ask> never = EnumSet.copyOf(asks);
            never.removeAll(liar.liedAbout());
            missing.put(host + " " + liar.lie(), never);
          });
      throw new AssertionError("requests that were not sent: " + missing, late);
    }
  }

  /** The containers except the canaries, as {@code job state}. */
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

  /** Writes a service that runs on all hosts except the honest one, by default without network. */
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
      awaitLiesAbout(Set.of(ask));
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
   * Lies about requests of these kinds that name their subject. Each host lies twice, because the
   * pause before a retry grows with each failure, or once about requests that others depend on.
   */
  private void lieAbout(Map<Ask, String> subjects, Set<Ask> once) {
    for (LyingProxy liar : liars.values()) {
      liar.lie(
          2,
          (asked, about) ->
              subjects.containsKey(asked)
                  && about.contains(subjects.get(asked))
                  && (!once.contains(asked) || !liar.liedAbout().contains(asked)));
    }
  }

  /** Waits for all lies. Each test creates only a few containers, as all hosts share a machine. */
  private void awaitLies(Map<Ask, String> subjects) {
    awaitLiesAbout(subjects.keySet());
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
    Map<Ask, String> subjects = Map.of(IMAGE, "lie-pulled", PULL, "lie-pulled");
    lieAbout(subjects, Set.of(IMAGE));
    everywhere("pulled", image, "serve", "\"pull_policy\":\"always\"");
    awaitLies(subjects);
    awaitAllFine(Set.of("pulled"));
  }

  private void make() {
    Map<Ask, String> subjects = Map.of(VOLUME, "/lies", CREATE, "name=made.", START, "/made/");
    lieAbout(subjects, Set.of(VOLUME, CREATE));
    everywhere("made", Testbed.IMAGE, "serve", "\"volumes\":[\"lies:/data\"]");
    awaitLies(subjects);
    awaitAllFine(Set.of("pulled", "made"));
  }

  private void copyAndTakeOver() {
    Map<Ask, String> subjects = Map.of(COPY, "/copied/", UPDATE, "/crashes/");
    lieAbout(subjects, Set.of());
    everywhere(
        "copied",
        Testbed.IMAGE,
        "serve",
        "\"configs\":[{\"source\":\"own\",\"target\":\"/etc/own\"}]",
        "\"x-dowding\":{\"configs\":{\"own\":{\"content\":\"mine\"}}}");
    everywhere("crashes", Testbed.IMAGE, "false");
    awaitLies(subjects);
    awaitAllFine(Set.of("pulled", "made", "copied"));
    // Docker increases the delay before each restart.
    await().atMost(TestCluster.SOON).until(this::isTakenOver);
    cluster.delete("services/crashes");
  }

  /** Whether dowding has taken over the restarts from Docker. */
  private boolean isTakenOver() {
    return cluster.containers().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("crashes."))
        .map(Map.Entry::getValue)
        .map(seen -> seen.host().inspect(seen.id()).getHostConfig().getRestartPolicy().getName())
        .allMatch(policy -> policy.isEmpty() || policy.equals("no"));
  }

  private void connect() {
    Map<Ask, String> subjects =
        Map.of(NETWORK, "/net1", NETWORK_CREATE, "net1", NETWORK_CONNECT, "/net3/");
    lieAbout(subjects, Set.of(NETWORK));
    everywhere("one", Testbed.IMAGE, "serve", "\"networks\":[\"net1\"]");
    everywhere("two", Testbed.IMAGE, "serve", "\"networks\":[\"net2\",\"net3\"]");
    awaitLies(subjects);
    awaitAllFine(Set.of("pulled", "made", "copied", "one", "two"));
  }

  private void run() {
    Map<Ask, String> subjects =
        Map.of(EXEC_MAKE, "/runs/", EXEC_START, "/runs/", EXEC_INSPECT, "/runs/");
    lieAbout(subjects, Set.of(EXEC_MAKE, EXEC_START));
    everywhere("runs", Testbed.IMAGE, "serve", "\"post_start\":[{\"command\":[\"true\"]}]");
    awaitLies(subjects);
    awaitAllFine(Set.of("pulled", "made", "copied", "one", "two", "runs"));
  }

  private void remove() {
    Map<Ask, String> subjects =
        Map.of(KILL, "/made/", REMOVE, "/made", NETWORKS, "", NETWORK_REMOVE, "/net");
    lieAbout(subjects, Set.of(KILL, NETWORKS));
    for (String name : List.of("made", "one", "two")) {
      cluster.delete("services/" + name);
    }
    awaitLies(subjects);
    awaitAllFine(Set.of("pulled", "copied", "runs"));
  }
}
