package io.dowding.sim;

import io.dowding.sim.FakeEngine.Box;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A story that runs against a simulated cluster. The setup runs without faults; faults are injected
 * only into the story.
 */
record Scenario(String name, int hosts, Consumer<Simulation> setup, Consumer<Simulation> story) {

  private static final Duration SETTLED_AFTER = Duration.ofSeconds(40);

  @Override
  public String toString() {
    return name;
  }

  static String json(String... fields) {
    List<String> all = new ArrayList<>(Arrays.asList(fields));
    if (all.stream().noneMatch(field -> field.startsWith("\"image\""))) {
      all.add("\"image\":\"demo\"");
    }
    return "{" + String.join(",", all) + "}";
  }

  static String replicas(int count) {
    return "\"deploy\":{\"replicas\":" + count + "}";
  }

  static void put(Simulation sim, String service, String... fields) {
    String json = json(fields);
    if (sim.put("services/" + service, json)) {
      sim.oracle.wants(service, json);
    }
  }

  /** Writes a config or a secret; null deletes it. */
  static void putContent(Simulation sim, String key, @Nullable String text) {
    if (text == null ? sim.delete(key) : sim.put(key, text)) {
      sim.oracle.wantsContent(key, text);
    }
  }

  static void remove(Simulation sim, String service) {
    if (sim.delete("services/" + service)) {
      sim.oracle.noLongerWants(service);
    }
  }

  static void pin(Simulation sim, String subject, String to) {
    if (sim.put("pins/" + subject, to)) {
      sim.oracle.pinned(subject);
    }
  }

  /** Users do something, and then etcd is restored from a backup that is older. */
  private static void forget(Simulation sim, Runnable what) {
    FakeEtcd.Backup before = sim.etcd.backup();
    what.run();
    pass(sim, 20);
    sim.etcd.restore(before);
    sim.restoredAt = sim.time.now();
    sim.etcdChanged();
  }

  static Box boxOf(Simulation sim, String job) {
    return sim.engines.values().stream()
        .flatMap(engine -> engine.boxes().stream())
        .filter(box -> job.equals(box.labels.get("dowding.job")))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no container of " + job));
  }

  static FakeEngine engineOf(Simulation sim, String job) {
    return sim.engines.values().stream()
        .filter(
            engine ->
                engine.boxes().stream().anyMatch(b -> job.equals(b.labels.get("dowding.job"))))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no host runs " + job));
  }

  static void pass(Simulation sim, long seconds) {
    sim.time.pass(Duration.ofSeconds(seconds));
  }

  private static final String VOLUME = "\"volumes\":[\"data:/data\"]";
  static final String GLOBAL = "\"deploy\":{\"mode\":\"global\"}";
  private static final String STUBBORN = "\"command\":[\"sleep\",\"1000\"]";

  static Scenario of(
      String name, int hosts, Consumer<Simulation> setup, Consumer<Simulation> story) {
    return new Scenario(
        name,
        hosts,
        sim -> {
          setup.accept(sim);
          sim.time.pass(SETTLED_AFTER);
        },
        story);
  }

  /** A {@code deploy} field with this number of replicas and this {@code update_config}. */
  static String updating(int replicas, String... config) {
    return "\"deploy\":{\"replicas\":"
        + replicas
        + ",\"update_config\":{"
        + String.join(",", config)
        + "}}";
  }

  static final String CHECK = "\"healthcheck\":{\"test\":\"x\",\"interval\":\"1s\"}";

  static List<Scenario> all() {
    List<Scenario> all = new ArrayList<>(disturbed());
    all.add(reserved());
    all.addAll(HostileScenarios.all());
    all.addAll(TogetherScenarios.all());
    return all;
  }

  /** The scenarios that are repeated with a fault at each call. The others inject their own. */
  static List<Scenario> disturbed() {
    List<Scenario> all = new ArrayList<>(ofLife());
    all.addAll(UpdateScenarios.all());
    all.addAll(ContentScenarios.all());
    all.add(TogetherScenarios.drain());
    all.addAll(PreStartScenarios.all());
    return all;
  }

  /** Each simulated host has 4 CPUs. */
  private static Scenario reserved() {
    return of(
        "reserved CPUs are free after removal",
        2,
        sim -> put(sim, "big", reserving(1, "3")),
        sim -> {
          put(sim, "more", reserving(2, "2.5"));
          pass(sim, 10);
          remove(sim, "big");
        });
  }

  /** A {@code deploy} field with this number of replicas, each reserving this number of CPUs. */
  static String reserving(int replicas, String cpus) {
    return "\"deploy\":{\"replicas\":"
        + replicas
        + ",\"resources\":{\"reservations\":{\"cpus\":\""
        + cpus
        + "\"}}}";
  }

  private static List<Scenario> ofLife() {
    return List.of(
        of("first deploy", 3, sim -> {}, sim -> put(sim, "web", replicas(2))),
        of("scale up", 2, sim -> put(sim, "web", replicas(1)), sim -> put(sim, "web", replicas(4))),
        of(
            "scale down",
            2,
            sim -> put(sim, "web", replicas(4)),
            sim -> put(sim, "web", replicas(1))),
        of(
            "change",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> put(sim, "web", replicas(2), "\"image\":\"demo:2\"")),
        of(
            "change during a change",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              put(sim, "web", replicas(2), "\"image\":\"demo:2\"");
              sim.time.pass(Duration.ofMillis(1500));
              put(sim, "web", replicas(2), "\"image\":\"demo:3\"");
            }),
        of("removal", 2, sim -> put(sim, "web", replicas(2)), sim -> remove(sim, "web")),
        of(
            "removal of a job that ignores SIGTERM",
            2,
            sim -> put(sim, "web", STUBBORN, "\"stop_grace_period\":\"3s\""),
            sim -> remove(sim, "web")),
        of(
            "removal and re-adding",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              remove(sim, "web");
              sim.time.pass(Duration.ofMillis(500));
              put(sim, "web", replicas(2));
            }),
        of(
            "pin moved",
            3,
            sim -> {
              pin(sim, "web", "host1");
              put(sim, "web");
            },
            sim -> pin(sim, "web", "host2")),
        of(
            "pinTo",
            3,
            sim -> {
              pin(sim, "web", "host2");
              pin(sim, "side.1", "job:web");
              put(sim, "web");
              put(sim, "side");
            },
            sim -> pin(sim, "web", "host3")),
        of("drain", 3, sim -> put(sim, "web", replicas(2)), sim -> sim.put("hosts/host1", "drain")),
        of(
            "host lost and returned",
            3,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              sim.oracle.strict = false;
              for (SimAgent agent : sim.agents) {
                sim.cut(agent.name, "host1");
              }
              pass(sim, 100);
              sim.heal();
              sim.oracle.trouble("host1");
            }),
        of("host added", 2, sim -> put(sim, "each", GLOBAL), sim -> sim.addHost("host3")),
        of(
            "volume job",
            2,
            sim -> {},
            sim -> {
              put(sim, "db", VOLUME);
              pass(sim, 20);
              put(sim, "db", VOLUME, "\"image\":\"demo:2\"");
            }),
        of("global", 3, sim -> {}, sim -> put(sim, "each", GLOBAL)),
        of(
            "container killed",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> engineOf(sim, "web.1").signal(boxOf(sim, "web.1").id, "KILL")),
        of(
            "removed by hand",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> engineOf(sim, "web.1").removeByHand(boxOf(sim, "web.1"))),
        of(
            "name taken",
            1,
            sim -> {},
            sim -> {
              sim.engine("host1").stranger("mine", java.util.Map.of(), List.of());
              put(sim, "web", "\"container_name\":\"ours\"");
            }),
        of(
            "image missing",
            2,
            sim -> {},
            sim -> put(sim, "web", replicas(2), "\"image\":\"demo:2\"")),
        of(
            "pull fails for a while",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              sim.engines.values().forEach(engine -> engine.registryBroken(true));
              put(sim, "web", replicas(2), "\"image\":\"demo:2\"");
              pass(sim, 20);
              sim.engines.values().forEach(engine -> engine.registryBroken(false));
            }),
        of(
            "fixed port moves on its host",
            1,
            sim -> put(sim, "web", "\"ports\":[\"8080:80\"]"),
            sim -> put(sim, "web", "\"ports\":[\"8080:80\"]", "\"image\":\"demo:2\"")),
        of(
            "stopped and started again",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              put(sim, "web", replicas(2), "\"x-dowding\":{\"state\":\"stopped\"}");
              pass(sim, 10);
              put(sim, "web", replicas(2));
            }),
        of(
            "record deleted by hand",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> sim.delete("allocations/web.1")),
        of(
            "invalid key corrected",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              sim.put("services/web", "{broken");
              pass(sim, 10);
              put(sim, "web", replicas(2));
            }),
        of(
            "re-added while watch events are late",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              sim.newsDelay = 5000;
              remove(sim, "web");
              sim.time.pass(Duration.ofSeconds(2));
              put(sim, "web", replicas(2));
              pass(sim, 10);
              sim.newsDelay = 0;
            }),
        of(
            "host briefly unreachable",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              sim.agents.forEach(agent -> sim.cut(agent.name, "host1"));
              pass(sim, 30);
              sim.heal();
            }),
        of(
            "one engine under two hostnames",
            2,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              sim.engines.put("alias", sim.engine("host1"));
              sim.addHost("alias");
              pass(sim, 60);
              sim.delete("inventory/alias");
              sim.inventory.remove("alias");
              sim.engines.remove("alias");
            }),
        of(
            "another disk mounted for a while",
            1,
            sim -> put(sim, "web", replicas(4)),
            sim -> {
              sim.engine("host1").down(false);
              sim.engine("host1").swapDisk();
              pass(sim, 5);
              sim.engine("host1").start();
              pass(sim, 60);
              sim.engine("host1").down(false);
              sim.engine("host1").swapDisk();
              pass(sim, 5);
              sim.engine("host1").start();
            }),
        of(
            "another engine for a while",
            1,
            sim -> put(sim, "web", replicas(2)),
            sim -> {
              sim.engine("host1").down(false);
              sim.engine("host1").swapDisk();
              sim.engine("host1").newIdentity("replaced");
              pass(sim, 5);
              sim.engine("host1").start();
              pass(sim, 60);
              sim.engine("host1").down(false);
              sim.engine("host1").swapDisk();
              sim.engine("host1").newIdentity("engine-host1");
              pass(sim, 5);
              sim.engine("host1").start();
            }),
        of(
            "an unmanaged container and a copy of ours",
            1,
            sim -> {
              put(sim, "web");
              sim.engine("host1").stranger("mine", java.util.Map.of(), List.of());
            },
            sim -> {
              Box ours = boxOf(sim, "web.1");
              Box copy = sim.engine("host1").stranger("copy", ours.labels, List.of());
              copy.inherited = true;
              remove(sim, "web");
            }),
        of(
            "networks come and go",
            1,
            sim -> put(sim, "db", "\"networks\":[\"back\"]"),
            sim -> {
              put(sim, "web", "\"networks\":[\"back\",\"front\"]");
              pass(sim, 10);
              remove(sim, "db");
              pass(sim, 10);
              put(sim, "web", "\"networks\":[\"front\"]");
            }),
        of(
            "a network loses its last user while another is about to join it",
            1,
            sim -> {
              put(sim, "api", "\"networks\":[\"back\"]");
              put(sim, "db", "\"networks\":[\"front\"]");
            },
            sim -> {
              put(sim, "web", "\"networks\":[\"back\",\"front\"]");
              remove(sim, "db");
            }),
        of(
            "etcd loses a service, and a user writes it again",
            2,
            sim -> {
              put(sim, "web");
              pass(sim, 20);
              forget(sim, () -> put(sim, "db"));
            },
            sim -> {
              sim.put("release/revision", "yes");
              pass(sim, 20);
              put(sim, "db");
            }),
        of(
            "etcd loses a service whose tag moves before it is written again",
            2,
            sim -> {
              put(sim, "web");
              pass(sim, 20);
              forget(sim, () -> put(sim, "db", "\"deploy\":{\"mode\":\"global\"}"));
            },
            sim -> {
              sim.put("release/revision", "yes");
              pass(sim, 20);
              sim.registry.push("demo");
              pin(sim, "api", "host2");
              put(sim, "api", "\"pull_policy\":\"always\"");
              pass(sim, 5);
              engineOf(sim, "db.host2").removeByHand(boxOf(sim, "db.host2"));
              pass(sim, 5);
              put(sim, "db", "\"deploy\":{\"mode\":\"global\"}");
            }),
        new Scenario(
            "a chain of depends_on",
            3,
            sim -> {},
            sim -> {
              put(sim, "app", "\"depends_on\":[\"db\"]", replicas(2));
              put(
                  sim,
                  "db",
                  "\"depends_on\":{\"init\":{\"condition\":\"service_completed_successfully\"}}");
              put(sim, "init", "\"command\":[\"false\"]", "\"restart\":\"no\"");
              pass(sim, 40);
              put(sim, "init", "\"command\":[\"true\"]", "\"restart\":\"no\"");
            }),
        of(
            "dependency replaced",
            2,
            sim -> {
              put(sim, "db", replicas(2));
              put(sim, "app", "\"depends_on\":{\"db\":{\"restart\":true}}");
              put(sim, "other", "\"depends_on\":[\"db\"]");
            },
            sim -> put(sim, "db", replicas(2), "\"image\":\"demo:2\"")),
        new Scenario(
            "dependency removed and added again",
            2,
            sim -> {
              put(sim, "db");
              put(sim, "app", "\"depends_on\":[\"db\"]");
              pass(sim, 60);
            },
            sim -> {
              remove(sim, "db");
              pass(sim, 20);
              put(sim, "db", "\"image\":\"demo:2\"");
              put(sim, "app", "\"depends_on\":[\"db\"]", "\"image\":\"demo:2\"");
            }));
  }
}
