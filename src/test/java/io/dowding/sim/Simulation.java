package io.dowding.sim;

import io.dowding.docker.Credentials;
import io.dowding.docker.DockerSettings;
import io.dowding.etcd.EtcdException;
import io.dowding.etcd.Kv;
import io.dowding.model.Host;
import io.dowding.model.Policy;
import io.dowding.model.Resources;
import io.dowding.plan.Action;
import io.dowding.plan.Settings;
import io.dowding.sim.Faults.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * A whole cluster in one thread: agents around the real core, on an etcd and engines in memory, in
 * virtual time. The same seed gives the same run, to the byte of its trace.
 */
final class Simulation {

  static final String BASE = "/s";
  static final long TICK = 4000;

  /** An agent that has news waits so long for more, as one does that is busy. */
  static final long GATHER = 10;

  static final Duration ROUND = Duration.ofSeconds(60);
  static final Settings SETTINGS =
      new Settings(
          Duration.ofSeconds(15),
          Duration.ofSeconds(60),
          Duration.ofSeconds(1),
          Duration.ofSeconds(8),
          8,
          5,
          Policy.STRICT,
          Resources.NONE);

  static final DockerSettings DOCKER =
      new DockerSettings(
          Duration.ofSeconds(2),
          Duration.ofSeconds(8),
          Duration.ofSeconds(8),
          Duration.ofSeconds(5),
          Duration.ofSeconds(60),
          null,
          null,
          Credentials.OF_DOCKER,
          true,
          Policy.STRICT);

  final VirtualTime time = new VirtualTime();
  final FakeEtcd etcd = new FakeEtcd(time);
  final SortedMap<String, FakeEngine> engines = new TreeMap<>();
  final List<SimAgent> agents = new ArrayList<>();
  final SortedMap<String, Host> inventory = new TreeMap<>();
  final FakeRegistry registry = new FakeRegistry("demo", "demo:2", "demo:3", "other");
  final Oracle oracle;
  final Bugs bugs;
  final boolean inventoryInEtcd = true;

  /** What a watch tells is late by so many milliseconds. */
  long newsDelay;

  /** How likely an agent stands still for a while when it has decided something. */
  double standsStill;

  /** Whether agents that crash are started again by their supervisor. */
  boolean supervised = true;

  /** Whether each plan of what changed is compared with one of everything. */
  boolean proves;

  /** When etcd was last restored from a backup, or wiped. */
  long restoredAt = Long.MIN_VALUE / 2;

  Faults faults = Faults.NONE;
  News newsFates = News.ON_TIME;

  /** So many revisions ago is what a stale read answers. */
  long staleBy;

  /** Is told the revision that a read of etcd is to have. */
  LongConsumer whenRead = revision -> {};

  /** An agent has just died. */
  Runnable whenCrashed = () -> {};

  private final SplittableRandom random;
  private final boolean jitter;
  private final Set<String> cut = new HashSet<>();
  private final Set<String> unanswered = new HashSet<>();
  private final StringBuilder trace = new StringBuilder();
  private long traceHash = 1125899906842597L;
  private boolean traced;
  private int calls;
  private int mutations;
  private int lasting;
  private int news;
  private long staleBack;
  private int staleReads;
  private long expiryAt = Long.MAX_VALUE;

  Simulation(long seed, boolean jitter, Bugs bugs) {
    this.random = new SplittableRandom(seed);
    this.jitter = jitter;
    this.bugs = bugs;
    this.oracle = new Oracle(this);
  }

  // chance

  SplittableRandom random() {
    return random;
  }

  long latency(long least, long most) {
    return jitter ? random.nextLong(least, most + 1) : least;
  }

  boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  // what there is

  FakeEngine engine(String host) {
    return java.util.Objects.requireNonNull(engines.get(host), host);
  }

  Simulation hosts(int count) {
    for (int n = 1; n <= count; n++) {
      addHost("host" + n);
    }
    return this;
  }

  void addHost(String name) {
    if (!engines.containsKey(name)) {
      FakeEngine made = new FakeEngine(time, "engine-" + name, registry);
      made.pull("demo", text -> {});
      engines.put(name, made);
    }
    inventory.put(name, new Host(name, "tcp://" + name + ":2375", Set.of(), Map.of()));
    put("inventory/" + name, "{\"docker\":\"tcp://" + name + ":2375\"}");
  }

  Simulation agents(int count) {
    for (int n = 1; n <= count; n++) {
      SimAgent agent = new SimAgent(this, "agent" + n);
      agents.add(agent);
      agent.start();
    }
    return this;
  }

  // what people do: directly, at once, and without faults

  boolean put(String key, String value) {
    return commit(new Kv.Write.Put(BASE + "/" + key, value, 0));
  }

  boolean delete(String... keys) {
    List<Kv.Write> writes = new ArrayList<>();
    for (String key : keys) {
      writes.add(new Kv.Write.Delete(BASE + "/" + key));
    }
    return commit(writes.toArray(Kv.Write[]::new));
  }

  private boolean commit(Kv.Write... writes) {
    try {
      etcd.commit(List.of(), List.of(writes));
      etcdChanged();
      for (Kv.Write write : writes) {
        if (write.key().startsWith(BASE + "/hosts/")) {
          oracle.said(write.key().substring((BASE + "/hosts/").length()));
        }
        if (traced) {
          trace("operator " + write);
        }
      }
      return true;
    } catch (EtcdException refused) {
      return false;
    }
  }

  // the network

  void cut(String agent, String target) {
    cut.add(agent + "|" + target);
  }

  /** What is asked arrives; the answer does not. */
  void cutAnswers(String agent, String target) {
    unanswered.add(agent + "|" + target);
  }

  void heal() {
    cut.clear();
    unanswered.clear();
  }

  boolean isCut() {
    return !cut.isEmpty() || !unanswered.isEmpty();
  }

  boolean canReach(SimAgent agent, String target) {
    return cut.isEmpty() || !cut.contains(agent.name + "|" + target);
  }

  boolean isAnswered(SimAgent agent, String target) {
    return unanswered.isEmpty() || !unanswered.contains(agent.name + "|" + target);
  }

  // calls

  Verdict verdict(SimAgent agent, String target, String name, boolean changes) {
    int number = calls++;
    if (changes && !target.equals("etcd")) {
      mutations++;
      lasting += name.equals("start") || name.equals("update") ? 0 : 1;
    }
    Verdict verdict = faults.at(new Faults.Call(number, agent.name, target, name, changes));
    staleBack = verdict == Verdict.STALE ? staleBy : 0;
    staleReads += staleBack > 0 ? 1 : 0;
    if (traced) {
      trace(
          agent.name
              + " asks "
              + target
              + " "
              + name
              + (verdict == Verdict.PASS ? "" : " " + verdict));
    }
    return verdict;
  }

  /** So many revisions ago is what the read that is being made answers. */
  long staleness() {
    return staleBack;
  }

  News.Fate fate(String from) {
    News.Fate fate = newsFates.of(news++, from);
    if (traced && fate != News.Fate.ON_TIME) {
      trace("news from " + from + " " + fate);
    }
    return fate;
  }

  /** How much news there was. */
  int news() {
    return news;
  }

  /**
   * All that outlives an agent, without times and ids: what happens after two deaths that left the
   * same is the same.
   */
  String external() {
    StringBuilder text = new StringBuilder();
    etcd.keys()
        .forEach(
            (key, entry) -> {
              if (key.startsWith(BASE + "/leader/")) {
                text.append("a leader\n");
              } else if (!key.startsWith(BASE + "/status/")) {
                text.append(key).append('=').append(entry.text()).append('\n');
              }
            });
    engines.forEach((host, engine) -> text.append(host).append(engine.external()).append('\n'));
    return text.toString();
  }

  int staleReads() {
    return staleReads;
  }

  int calls() {
    return calls;
  }

  /** Calls that may change a host. */
  int mutations() {
    return mutations;
  }

  /** Changes of hosts but for those around what keeps crashing, which never ends. */
  int lasting() {
    return lasting;
  }

  void etcdChanged() {
    var next = etcd.nextExpiry();
    if (next == null) {
      return;
    }
    long at = Duration.between(VirtualTime.START, next).toMillis();
    if (at < expiryAt || expiryAt <= time.now()) {
      expiryAt = at;
      time.after(
          at - time.now(),
          () -> {
            expiryAt = Long.MAX_VALUE;
            etcd.expire();
            etcdChanged();
          });
    }
  }

  void crashed(SimAgent agent) {
    whenCrashed.run();
    if (supervised) {
      time.after(1000, agent::start);
    }
  }

  SimAgent leader() {
    return agents.stream().filter(SimAgent::leads).findFirst().orElse(null);
  }

  /** Who leads, who stands, and what is held: for those who wonder why nothing happens. */
  String state() {
    StringBuilder text = new StringBuilder();
    agents.forEach(
        agent ->
            text.append('\n')
                .append(agent.name)
                .append(agent.leads() ? " leads" : " does not lead"));
    etcd.keys()
        .forEach(
            (key, entry) -> {
              if (key.contains("/leader/")
                  || key.contains("/holds/")
                  || key.contains("/release/")) {
                text.append('\n')
                    .append(key)
                    .append(' ')
                    .append(entry.created())
                    .append(' ')
                    .append(entry.text());
              }
            });
    return text.toString();
  }

  // the trace

  void traced() {
    traced = true;
  }

  boolean isTraced() {
    return traced;
  }

  void trace(String line) {
    if (traced) {
      String full = time.now() + " " + line;
      for (int i = 0; i < full.length(); i++) {
        traceHash = 31 * traceHash + full.charAt(i);
      }
      trace.append(full).append('\n');
    }
  }

  String traceText() {
    return trace.toString();
  }

  String describe(Action action) {
    return switch (action) {
      case Action.Allocate allocate ->
          "allocate "
              + allocate.changes().stream()
                  .map(
                      c ->
                          c.record().job()
                              + "@"
                              + c.record().host()
                              + "#"
                              + c.record().incarnation())
                  .toList();
      case Action.Write write -> "write " + write.values().keySet();
      case Action.OnHost call ->
          call.getClass().getSimpleName()
              + " "
              + call.job()
              + " on "
              + call.host()
              + ": "
              + call.reason();
      default -> action.getClass().getSimpleName();
    };
  }
}
