package io.dowding.it;

import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import io.dowding.it.TcpProxy.Asked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Two clusters on the same four hosts and a three-member etcd, with an unmanaged container on each
 * host. One cluster has two agents. Faults happen one after another while services change. After
 * each fault, both clusters must converge, and the proxies must have seen no forbidden request.
 */
final class Chaos implements AutoCloseable {

  static final int TTL = 2;

  private static final Duration SOON = Duration.ofSeconds(90);
  private static final String BASE = "/chaos";
  private static final String OTHER = "/other";
  private static final int HOSTS = 4;

  /** Between two looks of the witness at the most; it also looks whenever a container changes. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  /** Requests that change a container, with its id or name. */
  private static final Pattern CHANGE =
      Pattern.compile("(?:POST|DELETE) (?:/v[\\d.]+)?/containers/(?!create)([^/? ]+).*");

  /** A base key, and what is held. */
  private static final Pattern HOLD = Pattern.compile("(/[^/]+)/status/holds/(.+)(?<!/hosts)");

  private static final Pattern CREATE = Pattern.compile("POST .*/containers/create.*");

  final PrivateEtcd etcd = new PrivateEtcd(3);
  final Random random;
  final List<TestHost> hosts;
  private final Testbed bed = Testbed.shared();
  private final Path directory;
  private final Map<String, AgentProcess> agents = new TreeMap<>();
  private final Map<String, String> strangers = new TreeMap<>();

  /** The base key of each container ever seen, by container id; empty for unmanaged ones. */
  private final Map<String, String> owners = new ConcurrentHashMap<>();

  private final Map<AgentProcess, Integer> checked = new ConcurrentHashMap<>();
  private final Set<String> doubled = ConcurrentHashMap.newKeySet();
  private final Thread witness;
  private int number;
  private int replicas = 3;

  /** The image of the service with a large image, once it was pushed. */
  private String image = "";

  Chaos(long seed) {
    random = new Random(seed);
    // The first host builds the large image, so it would not have to pull it.
    hosts = bed.hosts(1 + HOSTS).subList(1, 1 + HOSTS);
    try {
      directory = Files.createTempDirectory(bed.root(), "chaos");
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    for (TestHost host : hosts) {
      strangers.put(host.name(), host.runStranger("stranger-" + seed, Map.of()));
    }
    await().atMost(SOON).ignoreExceptions().until(() -> etcd.ctl("put", "/x", "y").equals("OK"));
    define();
    put(OTHER, "web", service("other", 2, ""));
    for (String name : List.of("one", "two")) {
      agents.put(name, new AgentProcess(name, setup(BASE), directory));
    }
    agents.put("other", new AgentProcess("other", setup(OTHER), directory));
    witness = Thread.ofVirtual().start(this::watch);
    awaitSettled();
  }

  private AgentProcess.Setup setup(String base) {
    return new AgentProcess.Setup(base, TTL, etcd.urls(), hosts);
  }

  // desired state

  private static String service(String version, int replicas, String more) {
    return "{\"image\":\"demo:1\",\"command\":[\"serve\"],\"stop_grace_period\":\"1s\",\"labels\":{\"v\":\""
        + version
        + "\"},\"deploy\":{\"replicas\":"
        + replicas
        + "}"
        + more
        + "}";
  }

  private void define() {
    put(BASE, "web", service("" + number, replicas, ""));
    put(BASE, "data", service("0", 1, ",\"volumes\":[\"chaos-data:/data\"]"));
    put(BASE, "port", service("" + number, 1, ",\"ports\":[\"7171:80\"]"));
    if (!image.isEmpty()) {
      put(BASE, "large", service("0", 1, "").replace("demo:1", image));
    }
  }

  private void put(String base, String name, String definition) {
    // etcd refuses requests while it elects a leader.
    await()
        .atMost(SOON)
        .ignoreExceptions()
        .until(() -> etcd.ctl("put", base + "/services/" + name, definition).equals("OK"));
  }

  /** Writes a changed definition. */
  void change() {
    number++;
    replicas = replicas == 3 ? 4 : 3;
    define();
  }

  private Map<String, String> wanted() {
    Map<String, String> all = new TreeMap<>();
    for (int n = 1; n <= replicas; n++) {
      all.put(BASE + " web." + n, "running " + number);
    }
    all.put(BASE + " data.1", "running 0");
    all.put(BASE + " port.1", "running " + number);
    if (!image.isEmpty()) {
      all.put(BASE + " large.1", "running 0");
    }
    all.put(OTHER + " web.1", "running other");
    all.put(OTHER + " web.2", "running other");
    return all;
  }

  // actual state

  /** The actual containers of both clusters, by base key and job. Duplicates are joined. */
  private Map<String, String> present() {
    Map<String, String> all = new TreeMap<>();
    for (TestHost host : hosts) {
      for (Container container : containers(host)) {
        String base = container.getLabels().get("dowding.base");
        if (base != null) {
          all.merge(
              base + " " + container.getLabels().get("dowding.job"),
              container.getState() + " " + container.getLabels().get("v"),
              (one, other) -> one + " and " + other);
        }
      }
    }
    return all;
  }

  private static List<Container> containers(TestHost host) {
    return host.docker().listContainersCmd().withShowAll(true).exec();
  }

  /** Records the owner of each container, and whether the job with data ever runs twice. */
  private void watch() {
    try (ContainerChanges changes = new ContainerChanges(hosts)) {
      while (!Thread.currentThread().isInterrupted()) {
        Set<TestHost> withData = new HashSet<>();
        for (TestHost host : hosts) {
          if (look(host)) {
            withData.add(host);
          }
        }
        if (withData.size() > 1) {
          doubled.add("data.1 on " + withData.stream().map(TestHost::name).sorted().toList());
        }
        changes.await(BETWEEN_LOOKS);
      }
    } catch (InterruptedException closed) {
      // The run is over.
    }
  }

  private boolean look(TestHost host) {
    boolean data = false;
    try {
      for (Container container : containers(host)) {
        String base = container.getLabels().getOrDefault("dowding.base", "");
        owners.put(container.getId(), base);
        data |=
            base.equals(BASE)
                && "data.1".equals(container.getLabels().get("dowding.job"))
                && "running".equals(container.getState());
      }
    } catch (RuntimeException away) {
      return false;
    }
    return data;
  }

  // actions of faults

  AgentProcess leader() {
    String lowest = etcd.ctl("get", "--prefix", BASE + "/leader/", "--sort-by=CREATE", "--limit=1");
    return agents.get(lowest.contains("\"two\"") ? "two" : "one");
  }

  List<AgentProcess> agents() {
    return List.copyOf(agents.values());
  }

  TestHost host() {
    return hosts.get(random.nextInt(hosts.size()));
  }

  /** Waits for a random time. */
  void pass(int leastMillis, int mostMillis) {
    Duration time = Duration.ofMillis(random.nextInt(leastMillis, mostMillis + 1));
    await().pollDelay(time).atMost(time.plusSeconds(10)).until(() -> true);
  }

  void passUntil(long nanos) {
    await().atMost(Duration.ofSeconds(20)).until(() -> System.nanoTime() >= nanos);
  }

  /** Applies the action to every container of this cluster on a random host. */
  void byHand(BiConsumer<DockerClient, String> what) {
    TestHost host = host();
    for (Container container : containers(host)) {
      if (BASE.equals(container.getLabels().get("dowding.base"))
          && "running".equals(container.getState())) {
        try {
          what.accept(host.docker(), container.getId());
        } catch (NotFoundException | ConflictException justReplaced) {
          // The container is being replaced, which disturbs it enough.
        }
      }
    }
  }

  /** Kills the registry while a host pulls an image of 40 MB. */
  Runnable pullWhileTheRegistryDies() {
    TestRegistry registry = bed.registry();
    image = registry.push(bed.hosts().getFirst(), bigImage(), "big" + number);
    define();
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> hosts.stream().anyMatch(TestHost::isPulling));
    registry.kill();
    return registry::start;
  }

  private String bigImage() {
    DockerClient docker = bed.hosts().getFirst().docker();
    String id =
        docker
            .createContainerCmd(Testbed.IMAGE)
            .withCmd("sh", "-c", "busybox head -c 40000000 /dev/urandom > /big")
            .exec()
            .getId();
    docker.startContainerCmd(id).exec();
    docker.waitContainerCmd(id).start().awaitStatusCode();
    String image = docker.commitCmd(id).withRepository("big").withTag("1").exec();
    docker.removeContainerCmd(id).exec();
    return image;
  }

  // the run

  /** Injects a fault into a converged cluster, and waits until it has converged again. */
  List<String> inject(ChaosFault fault) {
    change();
    pass(0, 800);
    Runnable repair = fault.strike(this);
    if (fault.leavesEtcd()) {
      change();
    }
    pass(500, 2000);
    repair.run();
    define();
    put(OTHER, "web", service("other", 2, ""));
    agents.values().forEach(AgentProcess::start);
    awaitSettled();
    return violations();
  }

  private void awaitSettled() {
    try {
      await().atMost(SOON).pollInterval(Duration.ofMillis(500)).until(this::isSettled);
    } catch (org.awaitility.core.ConditionTimeoutException late) {
      throw new AssertionError(
          "wanted "
              + wanted()
              + ", actual "
              + present()
              + ", held "
              + etcd.ctl("get", "--prefix", BASE + "/status/holds/"),
          late);
    }
  }

  private boolean isSettled() {
    releaseHolds();
    return present().equals(wanted());
  }

  /** Releases all holds of both clusters, which one look at etcd finds. */
  private void releaseHolds() {
    for (String key : etcd.ctl("get", BASE, OTHER + "0", "--keys-only").lines().toList()) {
      Matcher hold = HOLD.matcher(key);
      if (hold.matches()) {
        etcd.ctl("put", hold.group(1) + "/release/" + hold.group(2), "yes");
      }
    }
  }

  // checks

  private List<String> violations() {
    List<String> broken = new ArrayList<>(doubled);
    if (agents.values().stream().allMatch(agent -> agent.witness().writes().isEmpty())) {
      broken.add("the proxies saw no writes");
    }
    for (TestHost host : hosts) {
      String id = strangers.get(host.name());
      if (containers(host).stream().noneMatch(c -> c.getId().equals(id))) {
        broken.add("the unmanaged container on " + host.name() + " is gone");
      }
    }
    for (AgentProcess agent : agents.values()) {
      List<Asked> asked = agent.asked();
      List<Asked> unchecked = asked.subList(checked.getOrDefault(agent, 0), asked.size());
      checked.put(agent, asked.size());
      NavigableSet<Long> renewals = new TreeSet<>(agent.witness().renewals());
      unchecked.forEach(one -> check(agent, one, renewals, broken));
      agent.witness().writes().stream()
          .filter(write -> !EtcdWitness.isOnlyOn(write, agent.base() + "/leader/"))
          // What an agent reports about itself decides nothing.
          .filter(write -> !EtcdWitness.isOnlyOn(write, agent.base() + "/work/"))
          .filter(write -> !EtcdWitness.isFenced(write, agent.base() + "/leader/"))
          .forEach(write -> broken.add("S6: " + agent.name() + " wrote without a candidacy"));
    }
    return broken;
  }

  private void check(
      AgentProcess agent, Asked asked, NavigableSet<Long> renewals, List<String> broken) {
    Matcher change = CHANGE.matcher(asked.line());
    boolean changes = change.matches();
    if (!changes && !CREATE.matcher(asked.line()).matches()) {
      return;
    }
    Long renewal = renewals.floor(asked.nanos());
    if (renewal == null || asked.nanos() - renewal > Duration.ofSeconds(TTL).toNanos()) {
      broken.add("S7: " + agent.name() + " sent " + asked.line() + " after its lease expired");
    }
    String owner = changes ? owners.get(change.group(1)) : agent.base();
    if (owner != null && !owner.equals(agent.base())) {
      broken.add(
          "S3: " + agent.name() + " sent " + asked.line() + ", for a container of '" + owner + "'");
    }
  }

  int changesSeen() {
    return agents.values().stream().mapToInt(agent -> agent.asked().size()).sum();
  }

  @Override
  public void close() {
    witness.interrupt();
    agents.values().forEach(AgentProcess::close);
    for (TestHost host : hosts) {
      for (Container container : containers(host)) {
        if (container.getLabels().containsKey("dowding.base")
            || strangers.containsValue(container.getId())) {
          host.remove(container.getId());
        }
      }
    }
    etcd.close();
  }
}
