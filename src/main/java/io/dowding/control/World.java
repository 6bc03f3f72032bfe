package io.dowding.control;

import io.dowding.keys.Key;
import io.dowding.keys.Versions;
import io.dowding.model.Allocation;
import io.dowding.model.Availability;
import io.dowding.model.Container;
import io.dowding.model.Host;
import io.dowding.model.Names;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Allocations;
import io.dowding.plan.JobMemory;
import io.dowding.plan.Loads;
import io.dowding.plan.Projects;
import io.dowding.plan.Running;
import io.dowding.plan.Settings;
import io.dowding.plan.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Everything known: etcd, the hosts, and calls under way. Owned by one thread. */
final class World {

  /** How long the first plan waits for hosts that do not answer. */
  private static final Duration PATIENCE_AT_START = Duration.ofSeconds(3);

  final Settings settings;
  final Identity identity;
  final Leadership leadership = new Leadership();
  private final boolean inventoryInEtcd;
  final Changed changed = new Changed();
  final Plans plans = new Plans();
  Keys keys;
  final Hosts hosts = new Hosts();
  final Memories memories = new Memories(changed);
  final UnderWay underWay = new UnderWay(changed);
  final EarlierLeaders earlier = new EarlierLeaders(this);
  final Derived derived = new Derived(this);
  private final CallResults results = new CallResults(this);
  private final Records records = new Records(this);
  private @Nullable SortedMap<String, Host> given;
  private @Nullable SortedMap<String, Host> followed;
  private boolean ready;
  private boolean forgotten;
  private Instant leadingSince = Instant.MAX;
  boolean storeUp;
  boolean allocating;

  private boolean listAgain;

  World(Settings settings, Identity identity, boolean inventoryInEtcd) {
    this.settings = settings;
    this.identity = identity;
    this.inventoryInEtcd = inventoryInEtcd;
    this.keys = new Keys(inventoryInEtcd, leadership, settings.policy(), changed);
  }

  /**
   * This agent leads from now on. It knows what etcd holds; it lists the hosts again, and reads
   * what the previous leader remembered from the status.
   */
  void beginTerm(Instant now) {
    leadingSince = now;
    recallAgain();
    hosts.begin();
    followed = null;
    memories.clear();
    plans.clear();
    derived.beginTerm();
    changed.everything();
    followInventory(now);
  }

  /** etcd went back in time: what earlier leaders left must be read again. */
  boolean isForgotten() {
    return forgotten;
  }

  /** Reads what earlier leaders left again; the hosts keep their state. */
  void recallAgain() {
    ready = false;
    earlier.forget();
    forgotten = false;
  }

  /** Whether to list all keys again; resets the request. */
  boolean takeListAgain() {
    boolean due = listAgain;
    listAgain = false;
    return due;
  }

  void endTerm() {
    leadingSince = Instant.MAX;
    hosts.end();
    followed = null;
    changed.everything();
  }

  private boolean isLeading() {
    return leadingSince.isBefore(Instant.MAX);
  }

  void apply(Event event, Instant now) {
    switch (event) {
      case Event.StoreListed listed -> storeListed(listed, now);
      case Event.StoreChanged changed -> {
        records.changed(changed, () -> keys.changed(changed, this::redefined, now));
        identity.advanced(keys);
        listAgain |= identity.isDoubted();
      }
      case Event.StoreLost _ -> storeUp = false;
      case Event.InventoryRead read -> {
        given = read.hosts();
        changed.everything();
      }
      case Event.HostListed listed -> {
        HostWorld host = hosts.get(listed.host());
        if (host != null) {
          hostListed(host, listed, now);
        }
      }
      case Event.ContainerSeen seen ->
          saw(seen.host(), seen.id(), seen.container(), seen.asOf(), now);
      case Event.HostAnswered answered -> {
        HostWorld host = hosts.get(answered.host());
        if (host != null) {
          if (!host.isWell() || !host.isConnected()) {
            changed.host(answered.host());
          }
          host.answered(now);
        }
      }
      case Event.HostLost lost -> {
        HostWorld host = hosts.get(lost.host());
        if (host != null) {
          host.lost(lost.why());
          changed.host(lost.host());
        }
      }
      case Event.HostWarned(String name, String warning) -> {
        HostWorld host = hosts.get(name);
        if (host != null) {
          host.warning = warning;
          changed.host(name);
        }
      }
      case Event.Progress(String job, String text) -> underWay.progressed(job, text);
      case Event.CallEnded ended -> results.ended(ended, now);
      case Event.Allocated allocated -> {
        allocating = false;
        listAgain |= records.allocated(allocated);
      }
      case Event.Standing standing -> leadership.stands(standing);
      case Event.NotStanding _ -> leadership.stands(null);
      case Event.Claimed(Action.Claim claim, boolean done) -> {
        if (done) {
          keys.claimed(claim.uuid(), claim.floor());
          identity.claimed(claim.uuid(), keys);
          // An earlier leader, brought back by a restored backup, may have written status until
          // now.
          listAgain = true;
        }
      }
      case Event.PinWritten _, Event.Written _, Event.Tick _ -> {}
    }
  }

  private void hostListed(HostWorld host, Event.HostListed listed, Instant now) {
    boolean first = !host.everListed();
    boolean emptied = host.emptied;
    String engine = host.engine.id();
    if (first) {
      earlier.lookAtRemains();
    }
    if (!host.isConnected()) {
      answersAgain(listed.host());
    }
    host.listed(listed.engine(), listed.asOf(), listed.containers(), now, earlier.expected(host));
    host.listedVolumes(listed.volumes());
    if (first || emptied != host.emptied || !engine.equals(host.engine.id())) {
      derived.findHoldsAgain();
    }
    lookedAt(host);
  }

  /** The host may have other containers than before. */
  private void lookedAt(HostWorld host) {
    changed.host(host.host.hostname());
    long age = keys.age();
    if (host.ours(identity.uuid()).stream().anyMatch(owned -> owned.incarnation() > age)) {
      derived.findHoldsAgain();
    }
  }

  private void storeListed(Event.StoreListed listed, Instant now) {
    StoreHistory.Verdict verdict = keys.history.judge(listed);
    if (verdict == StoreHistory.Verdict.DOUBTED) {
      listAgain = true;
      return;
    }
    if (verdict == StoreHistory.Verdict.CONTRADICTED) {
      // etcd went back in time: forget what was known.
      identity.contradicted();
      keys = new Keys(inventoryInEtcd, leadership, settings.policy(), changed);
      forgotten = true;
    }
    keys.listed(listed, this::redefined, now);
    identity.listed(keys);
    listAgain |= identity.isDoubted();
    storeUp = true;
    earlier.recall(listed.recalled(), now);
  }

  /** The definition of a job or step; null if its service has none. */
  @Nullable Service definition(String job) {
    Service service = keys.definitions.services().get(Names.serviceOf(job));
    return service == null ? null : service.of(job);
  }

  /**
   * Runs after all events of a step, so a host that is removed and added again within one step
   * keeps its state.
   */
  void followInventory(Instant now) {
    SortedMap<String, Host> inventory = keys.inventory(given);
    if (inventory != null
        && keys.isListed()
        && isLeading()
        && (followed == null || changed.isEverything())
        && !inventory.equals(followed)) {
      hosts.follow(inventory, now);
      followed = new TreeMap<>(inventory);
      changed.everything();
    }
  }

  /** A person confirmed the inventory. */
  void acceptInventory(Instant now) {
    hosts.letGo();
    followed = null;
    changed.everything();
    followInventory(now);
  }

  /** A container as it is now; null if it is gone. */
  void saw(String hostname, String id, @Nullable Container container, Instant asOf, Instant now) {
    HostWorld host = hosts.get(hostname);
    if (host != null) {
      host.saw(id, container, asOf, now);
      lookedAt(host);
    }
  }

  private void answersAgain(String host) {
    memories.changeTroubledOn(host, memory -> memory.answeredBy(host));
    for (Allocation record : keys.allocations.on(host)) {
      underWay.endRest(record.job());
    }
  }

  private void redefined(String service) {
    memories.change(service, JobMemory::afresh);
  }

  /** A version that was kept under this key was written. */
  void kept(String key, Object value) {
    if (value instanceof Versions versions) {
      keys.definitions.kept(key.substring(Key.VERSIONS.length()), versions, this::redefined);
    }
  }

  /** Every service that has a key, a record or a container. */
  Set<String> serviceNames() {
    Set<String> names = new TreeSet<>(keys.services());
    names.addAll(plans.all().keySet());
    names.addAll(keys.allocations.services());
    names.remove("");
    return names;
  }

  /** Whether it is one of the {@link #serviceNames}. */
  boolean hasPartOf(String service) {
    return keys.has(service)
        || !plans.of(service).jobs().isEmpty()
        || !keys.allocations.of(service).isEmpty();
  }

  /** Whether this job may be wanted by a key that etcd lost. */
  private boolean isLost(Running running, String job) {
    return !earlier.areOrphansReleased()
        && running.of(job).stream().anyMatch(located -> earlier.mayBeLost(located.owned()));
  }

  /**
   * Planning starts after the first complete list of all keys. The first plan also waits until
   * every host has answered or had time to, so that the first jobs do not crowd onto the fastest
   * host.
   */
  boolean isReady(Instant now) {
    if (!ready && earlier.areRecalled() && keys.inventory(given) != null) {
      ready = hosts.values().stream().allMatch(host -> host.tried(now, PATIENCE_AT_START));
    }
    return ready;
  }

  /** Why this agent cannot do its part; empty if it can. */
  String whyNotReady(boolean leads) {
    if (!storeUp || !keys.isListed()) {
      return "waiting for etcd";
    }
    if (keys.inventory(given) == null) {
      return "waiting for the inventory";
    }
    if (leads) {
      return ready ? "" : "waiting for the first complete lists of keys and hosts";
    }
    return leadership.follows() ? "" : "waiting to become a candidate";
  }

  /** Whether everything was known when this agent last planned. */
  boolean isPlanned() {
    return ready;
  }

  /** The situation as of the last update. */
  Situation situation(Instant now) {
    return situation(derived.facts(), keys.allocations, keys.definitions.projects(), now);
  }

  /** The situation built from scratch, to find changes that were missed. */
  Situation fresh(Instant now) {
    Allocations records = new Allocations();
    keys.allocations.all().values().forEach(records::put);
    Projects projects = Projects.of(keys.definitions.services().values());
    return situation(new Facts(this, now), records, projects, now);
  }

  private Situation situation(Facts of, Allocations records, Projects projects, Instant now) {
    return new Situation(
        now,
        settings,
        identity.uuid(),
        keys.age(),
        job -> isLost(of.running(), job),
        leadingSince.plus(settings.callDeadline()),
        keys.sequence(),
        keys.definitions.services(),
        projects,
        keys.definitions.revisions(),
        keys.definitions.contentRevisions(),
        keys.definitions.untouchable(),
        keys.deletions.held(),
        keys.hostSettings.on(Availability.GONE),
        keys.pins,
        keys.pinRevisions,
        records,
        keys.allocationRevisions,
        of.hosts(),
        of.running(),
        of.loads(),
        of.mostAreLost(),
        memories.all(),
        underWay::isBusy,
        underWay.calls(),
        underWay.progress(),
        keys.definitions.meanings(),
        allocating);
  }

  /** See {@link Running#digestOf}. */
  String digestInUse(String service, String specHash) {
    Facts present = derived.factsIfAny();
    return present == null ? "" : present.running().digestOf(service, specHash);
  }

  /** The capacity of a host and what jobs reserve of it; null if unknown. */
  Loads.@Nullable Room room(String hostname) {
    Facts present = derived.factsIfAny();
    return present == null ? null : present.loads().room(hostname);
  }

  /** When a host changes if it reports nothing, or null. */
  @Nullable Instant wake(Instant now) {
    Facts present = derived.factsIfAny();
    return present == null ? null : present.wake(now);
  }
}
