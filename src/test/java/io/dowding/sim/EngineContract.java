package io.dowding.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.exception.ConflictException;
import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.control.Event.Outcome;
import io.dowding.docker.Calls;
import io.dowding.docker.EngineApi;
import io.dowding.model.Allocation;
import io.dowding.model.Container;
import io.dowding.model.Container.State;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Ownership;
import io.dowding.model.RestartPolicy;
import io.dowding.model.Service;
import io.dowding.plan.Action;
import io.dowding.plan.Fault;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract that both a real Docker Engine and the simulated one fulfil. */
public abstract class EngineContract {

  private final String cluster = UUID.randomUUID().toString();
  private final List<String> made = new ArrayList<>();
  private EngineApi engine;
  private int number;

  protected abstract EngineApi connect();

  /** An image that the engine has. */
  protected abstract String image();

  protected abstract void eventually(BooleanSupplier wanted);

  protected abstract void pass(Duration time);

  /** Like {@code docker network disconnect}. */
  protected abstract void disconnect(String network, String id);

  @BeforeEach
  void begin() {
    engine = connect();
  }

  @AfterEach
  void end() {
    made.forEach(id -> eventually(() -> removed(id)));
  }

  /** Removes a container of an earlier test. The engine refuses while the container is stopping. */
  private boolean removed(String id) {
    Container left = engine.inspect(id);
    if (left == null) {
      return true;
    }
    try {
      if (left.isAlive()) {
        engine.signal(id, "KILL");
      } else {
        engine.remove(id);
      }
    } catch (ConflictException justEnding) {
      return false;
    }
    return false;
  }

  private ContainerSpec spec(String... fields) {
    List<String> all = new ArrayList<>(List.of(fields));
    if (all.stream().noneMatch(field -> field.startsWith("\"image\""))) {
      all.add("\"image\":\"" + image() + "\"");
    }
    if (all.stream().noneMatch(field -> field.startsWith("\"command\""))) {
      all.add("\"command\":[\"serve\"]");
    }
    String json = "{" + String.join(",", all) + "}";
    try {
      return ServiceReader.read("web", 1, json.getBytes(StandardCharsets.UTF_8)).container();
    } catch (InvalidServiceException invalid) {
      throw new IllegalArgumentException(invalid);
    }
  }

  private Allocation record() {
    String job = "c" + cluster.substring(0, 8) + "." + ++number;
    return new Allocation(job, "host1", "web", "1-x", 3, 7, Instant.EPOCH, "why", 0);
  }

  private String create(String... fields) {
    return create(record(), fields);
  }

  private String create(Allocation record, String... fields) {
    String id = engine.create(cluster, "/base", record, spec(fields));
    made.add(id);
    return id;
  }

  private String running(String... fields) {
    String id = create(fields);
    engine.start(id);
    return id;
  }

  private Container seen(String id) {
    return Objects.requireNonNull(engine.inspect(id));
  }

  private void awaitState(String id, State state) {
    eventually(() -> seen(id).state() == state);
  }

  private static Fault faultOf(Runnable call) {
    try {
      call.run();
      return null;
    } catch (RuntimeException failed) {
      Action.Look look = new Action.Look("host1", "web.1", "id", "a test");
      Outcome outcome = new Calls(InstantSource.system(), "/base").failed(look, failed);
      return ((Outcome.Failed) outcome).fault();
    }
  }

  // creation

  @Test
  @DisplayName("a created container has its name and labels, and does not run")
  void made() {
    Allocation record = record();
    Container made = seen(create(record, "\"labels\":{\"a\":\"b\"}"));
    assertThat(made.name()).isEqualTo(record.job() + ".7");
    assertThat(made.state()).isEqualTo(State.CREATED);
    assertThat(made.labels()).containsEntry("a", "b").containsEntry(Ownership.CLUSTER, cluster);
    assertThat(Ownership.of(made, cluster)).isNotNull();
    assertThat(made.startedAt()).isNull();
  }

  @Test
  @DisplayName("its image, stop signal, grace period and restart policy are reported")
  void told() {
    Container made =
        seen(
            create(
                "\"stop_signal\":\"INT\"",
                "\"stop_grace_period\":\"3s\"",
                "\"restart\":\"always\""));
    assertThat(made.image()).isEqualTo(image());
    assertThat(made.stopSignal()).isEqualTo("INT");
    assertThat(made.stopGrace()).isEqualTo(Duration.ofSeconds(3));
    assertThat(made.restart()).isEqualTo(RestartPolicy.Kind.ALWAYS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no", "always", "unless-stopped", "on-failure:3"})
  @DisplayName("every restart policy is reported as it was set")
  void policy(String policy) {
    assertThat(seen(create("\"restart\":\"" + policy + "\"")).restart().word())
        .isEqualTo(policy.replaceFirst(":.*", ""));
  }

  @Test
  @DisplayName("a container gets the name that the user chose")
  void ownName() {
    String name = "own-" + cluster.substring(0, 8);
    Container made = seen(create("\"container_name\":\"" + name + "\""));
    assertThat(made.name()).isEqualTo(name);
    assertThat(made.inherited()).isFalse();
    assertThat(Ownership.of(made, cluster)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"labels\":{\"a\":\"b\"}",
        "\"stop_signal\":\"INT\",\"stop_grace_period\":\"3s\"",
        "\"restart\":\"no\"",
        "\"ports\":[\"18080:80\"]",
        "\"network_mode\":\"none\"",
        "\"networks\":[\"NETWORK-a\",\"NETWORK-b\"]"
      })
  @DisplayName("the result of a create is what an inspection shows then")
  void result(String field) throws Exception {
    Allocation record = record();
    String text =
        "{\"image\":\"%s\",\"command\":[\"serve\"],%s}"
            .formatted(image(), field.replace("NETWORK", "n" + cluster.substring(0, 8)));
    Service service = ServiceReader.read("web", 1, text.getBytes(StandardCharsets.UTF_8));
    Outcome outcome =
        new Calls(InstantSource.system(), "/base")
            .perform(
                new Action.Create(cluster, "host1", record.job(), record, service, "a test"),
                engine,
                Instant.MAX,
                progress -> {});
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Done.class,
            done -> {
              made.add(done.id());
              assertThat(done.container()).isEqualTo(seen(done.id()));
            });
    engine.remove(((Outcome.Done) outcome).id());
    engine.networks(cluster).forEach(engine::removeNetwork);
  }

  @Test
  @DisplayName("a name in use is refused, and nothing is created")
  void nameTaken() {
    Allocation record = record();
    create(record);
    assertThat(faultOf(() -> engine.create(cluster, "/base", record, spec())))
        .isEqualTo(Fault.BUSY);
    assertThat(engine.list().stream().filter(c -> c.name().equals(record.job() + ".7"))).hasSize(1);
  }

  @Test
  @DisplayName("a name is free after its container was removed")
  void nameFree() {
    Allocation record = record();
    engine.remove(create(record));
    eventually(() -> faultOf(() -> create(record)) == null);
  }

  @Test
  @DisplayName("without its image nothing is created, and the engine says why")
  void noImage() {
    Allocation record = record();
    assertThat(
            faultOf(
                () -> engine.create(cluster, "/base", record, spec("\"image\":\"nowhere:none\""))))
        .isEqualTo(Fault.NO_IMAGE);
    assertThat(engine.inspect(record.job() + ".7")).isNull();
  }

  @Test
  @DisplayName("a missing bind source is the host's fault, and nothing is created")
  void bindMissing() {
    Allocation record = record();
    assertThat(
            faultOf(
                () ->
                    engine.create(
                        cluster, "/base", record, spec("\"volumes\":[\"/missing/x:/x\"]"))))
        .isEqualTo(Fault.HOST);
    assertThat(engine.inspect(record.job() + ".7")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"deploy\":{\"resources\":{\"limits\":{\"cpus\":\"4000\"}}}",
        "\"runtime\":\"nowhere\"",
        "\"devices\":[\"/dev/nowhere\"]",
        "\"logging\":{\"driver\":\"example/nowhere:1\"}"
      })
  @DisplayName("a missing feature is the host's fault, not the definition's")
  void lacks(String field) {
    assertThat(faultOf(() -> engine.start(create(field)))).isEqualTo(Fault.HOST);
  }

  @Test
  @DisplayName("another container's volumes can be used by its id; an unknown id is refused")
  void volumesFrom() {
    String other = create();
    ContainerSpec spec = spec("\"command\":[\"serve\"]");
    assertThat(
            engine.create(cluster, "/base", record(), spec.withVolumesFrom(List.of(other + ":ro"))))
        .isNotEmpty();
    assertThat(
            faultOf(
                () ->
                    engine.create(
                        cluster, "/base", record(), spec.withVolumesFrom(List.of("nobody")))))
        .isEqualTo(Fault.SPEC);
  }

  @Test
  @DisplayName("a command returns its exit code; it fails in a stopped container")
  void exec() throws InterruptedException {
    Duration patience = Duration.ofSeconds(20);
    String id = running();
    assertThat(engine.exec(id, Map.of("Cmd", List.of("true")), patience)).isZero();
    assertThat(engine.exec(id, Map.of("Cmd", List.of("false")), patience)).isEqualTo(1);
    String other = create();
    assertThat(
            faultOf(
                () -> {
                  try {
                    engine.exec(other, Map.of("Cmd", List.of("true")), patience);
                  } catch (InterruptedException stopped) {
                    throw new IllegalStateException(stopped);
                  }
                }))
        .isEqualTo(Fault.BUSY);
  }

  @Test
  @DisplayName("the engine knows which images it has")
  void images() {
    assertThat(engine.image(image())).isNotNull();
    assertThat(engine.image("nowhere:none")).isNull();
  }

  @Test
  @DisplayName("an image that does not exist cannot be pulled")
  void pull() {
    assertThatThrownBy(() -> engine.pull("127.0.0.1:1/nowhere:none", text -> {}))
        .isInstanceOf(RuntimeException.class);
    assertThat(engine.image("127.0.0.1:1/nowhere:none")).isNull();
  }

  // queries

  @Test
  @DisplayName("a container is found by id and by name; a missing one is not")
  void found() {
    Allocation record = record();
    String id = create(record);
    assertThat(seen(record.job() + ".7").id()).isEqualTo(id);
    assertThat(engine.inspect("nobody")).isNull();
  }

  @Test
  @DisplayName("a list contains containers in every state")
  void list() {
    String created = create();
    String runs = running();
    String ended = running("\"command\":[\"true\"]", "\"restart\":\"no\"");
    awaitState(ended, State.EXITED);
    assertThat(engine.list().stream().map(Container::id)).contains(created, runs, ended);
  }

  @Test
  @DisplayName("a healthy engine answers a ping")
  void ping() {
    engine.ping();
  }

  // states, and the calls that each allows

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(State.CREATED, "start", null),
        Arguments.of(State.CREATED, "TERM", Fault.BUSY),
        Arguments.of(State.CREATED, "KILL", Fault.BUSY),
        Arguments.of(State.CREATED, "remove", null),
        Arguments.of(State.CREATED, "update", null),
        Arguments.of(State.RUNNING, "start", null),
        Arguments.of(State.RUNNING, "TERM", null),
        Arguments.of(State.RUNNING, "KILL", null),
        Arguments.of(State.RUNNING, "remove", Fault.BUSY),
        Arguments.of(State.RUNNING, "update", null),
        Arguments.of(State.EXITED, "start", null),
        Arguments.of(State.EXITED, "TERM", Fault.BUSY),
        Arguments.of(State.EXITED, "KILL", Fault.BUSY),
        Arguments.of(State.EXITED, "remove", null),
        Arguments.of(State.EXITED, "update", null));
  }

  private String in(State state) {
    String id = create("\"restart\":\"no\"");
    if (state != State.CREATED) {
      engine.start(id);
    }
    if (state == State.EXITED) {
      engine.signal(id, "KILL");
      awaitState(id, State.EXITED);
    }
    return id;
  }

  private void does(String what, String id) {
    switch (what) {
      case "start" -> engine.start(id);
      case "remove" -> engine.remove(id);
      case "update" -> engine.setRestart(id, new RestartPolicy(RestartPolicy.Kind.ALWAYS, 0));
      default -> engine.signal(id, what);
    }
  }

  @ParameterizedTest(name = "{0}: {1} -> {2}")
  @MethodSource("refusals")
  @DisplayName("a call is allowed or refused depending on the container's state")
  void states(State state, String what, Fault fault) {
    String id = in(state);
    assertThat(faultOf(() -> does(what, id))).isEqualTo(fault);
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "TERM", "KILL", "remove", "update"})
  @DisplayName("every call for a removed container is refused as not found")
  void gone(String what) {
    String id = create();
    engine.remove(id);
    eventually(() -> engine.inspect(id) == null);
    assertThatThrownBy(() -> does(what, id)).hasMessageContaining("No such container");
  }

  // start and exit

  @Test
  @DisplayName("a started container runs and has a start time")
  void starts() {
    String id = running();
    awaitState(id, State.RUNNING);
    assertThat(seen(id).startedAt()).isNotNull();
    assertThat(seen(id).finishedAt()).isNull();
  }

  @Test
  @DisplayName("starting a running container does nothing")
  void startedTwice() {
    String id = running();
    Instant since = seen(id).startedAt();
    engine.start(id);
    assertThat(seen(id).startedAt()).isEqualTo(since);
  }

  @Test
  @DisplayName("a process that handles the signal exits with 0")
  void listens() {
    String id = running();
    pass(Duration.ofMillis(300));
    engine.signal(id, "TERM");
    awaitState(id, State.EXITED);
    assertThat(seen(id).exitCode()).isZero();
    assertThat(seen(id).finishedAt()).isNotNull();
  }

  @Test
  @DisplayName("a process that ignores the signal keeps running until it is killed")
  void deaf() {
    String id = running("\"command\":[\"sleep\",\"1000\"]");
    engine.signal(id, "TERM");
    pass(Duration.ofMillis(500));
    assertThat(seen(id).state()).isEqualTo(State.RUNNING);
    engine.signal(id, "KILL");
    awaitState(id, State.EXITED);
    assertThat(seen(id).exitCode()).isEqualTo(137);
  }

  @ParameterizedTest(name = "{0} after {1}: {2}")
  @CsvSource({
    "no, true, stays",
    "no, false, stays",
    "no, kill, stays",
    "always, true, again",
    "always, false, again",
    "always, kill, stays",
    "unless-stopped, true, again",
    "unless-stopped, false, again",
    "unless-stopped, kill, stays",
    "on-failure, true, stays",
    "on-failure, false, again",
    "on-failure, kill, stays"
  })
  @DisplayName("restart policies restart after the right exits")
  void policies(String policy, String end, String then) {
    boolean kill = end.equals("kill");
    String id =
        running(
            "\"restart\":\"" + policy + "\"", "\"command\":[\"" + (kill ? "serve" : end) + "\"]");
    if (kill) {
      engine.signal(id, "KILL");
    }
    if (then.equals("again")) {
      eventually(() -> seen(id).restartCount() >= 2);
    } else {
      awaitState(id, State.EXITED);
      pass(Duration.ofMillis(1500));
      assertThat(seen(id).state()).isEqualTo(State.EXITED);
      assertThat(seen(id).restartCount()).isZero();
    }
  }

  @Test
  @DisplayName("a policy of no, set in the middle of a crash loop, ends it")
  void takeOver() {
    String id = running("\"command\":[\"false\"]");
    eventually(() -> seen(id).restartCount() >= 2);
    eventually(
        () ->
            faultOf(() -> engine.setRestart(id, new RestartPolicy(RestartPolicy.Kind.NO, 0)))
                == null);
    assertThat(seen(id).restart()).isEqualTo(RestartPolicy.Kind.NO);
    awaitState(id, State.EXITED);
  }

  @Test
  @DisplayName("a manual start resets the restart count")
  void counts() {
    String id = running("\"command\":[\"false\"]");
    eventually(() -> seen(id).restartCount() >= 2);
    engine.signal(id, "KILL");
    awaitState(id, State.EXITED);
    engine.setRestart(id, new RestartPolicy(RestartPolicy.Kind.NO, 0));
    engine.start(id);
    awaitState(id, State.EXITED);
    assertThat(seen(id).restartCount()).isZero();
  }

  @Test
  @DisplayName("the exit code of a failed process is reported")
  void exitCode() {
    String id = running("\"command\":[\"false\"]", "\"restart\":\"no\"");
    awaitState(id, State.EXITED);
    assertThat(seen(id).exitCode()).isEqualTo(1);
  }

  @Test
  @DisplayName("a missing program is the service's fault, and the container stays")
  void noProgram() {
    String id = create("\"command\":[\"missing\"]");
    assertThat(faultOf(() -> engine.start(id))).isEqualTo(Fault.SPEC);
    assertThat(seen(id).state()).isEqualTo(State.CREATED);
  }

  // ports

  @Test
  @DisplayName("a port chosen by the engine is reported while it runs")
  void anyPort() {
    String id = running("\"ports\":[\"80\"]");
    assertThat(seen(id).ports()).isNotEmpty().allMatch(port -> port.published() > 1024);
  }

  @Test
  @DisplayName("a fixed port can be used once; the second start fails as the host's fault")
  void portTaken() {
    String one = running("\"ports\":[\"28471:80\"]");
    String two = create("\"ports\":[\"28471:80\"]");
    assertThat(seen(one).ports()).anyMatch(port -> port.published() == 28471);
    assertThat(faultOf(() -> engine.start(two))).isEqualTo(Fault.HOST);
    assertThat(seen(two).state()).isEqualTo(State.CREATED);
  }

  @Test
  @DisplayName("a fixed port is free after its container has exited")
  void portFree() {
    String one = running("\"ports\":[\"28472:80\"]");
    String two = create("\"ports\":[\"28472:80\"]");
    engine.signal(one, "KILL");
    awaitState(one, State.EXITED);
    eventually(() -> faultOf(() -> engine.start(two)) == null);
  }

  // networks

  @Test
  @DisplayName("a network is created once, and reported with its labels")
  void network() {
    String name = "n" + cluster;
    assertThat(engine.network(name)).isNull();
    engine.createNetwork(name, Map.of(Ownership.CLUSTER, cluster), Map.of("Internal", true));
    assertThat(engine.network(name)).containsEntry(Ownership.CLUSTER, cluster);
    assertThat(engine.networks(cluster)).containsExactly(name);
    assertThat(engine.networks("of another")).isEmpty();
    assertThat(faultOf(() -> engine.createNetwork(name, Map.of(), Map.of()))).isEqualTo(Fault.BUSY);
    engine.removeNetwork(name);
    assertThat(engine.network(name)).isNull();
  }

  @Test
  @DisplayName("users of a network are counted, including stopped and future ones")
  void users() {
    String one = "a" + cluster;
    String two = "b" + cluster;
    engine.createNetwork(one, Map.of(), Map.of());
    engine.createNetwork(two, Map.of(), Map.of());
    String id = create("\"networks\":[\"" + one + "\",\"" + two + "\"]");
    String other = create();
    assertThat(engine.users(one)).isEqualTo(1);
    assertThat(engine.users(two)).isEqualTo(1);
    engine.connect(two, id, List.of("alias"));
    engine.connect(two, other, List.of());
    assertThat(engine.users(two)).isEqualTo(2);
    engine.connect(two, id, List.of("alias"));
    engine.start(id);
    assertThat(faultOf(() -> engine.connect(two, id, List.of("alias")))).isNotNull();
    assertThat(faultOf(() -> engine.removeNetwork(one))).isNotNull();
    engine.signal(id, "KILL");
    awaitState(id, State.EXITED);
    eventually(() -> removed(id));
    engine.removeNetwork(one);
    engine.removeNetwork(two);
  }

  @Test
  @DisplayName("a container reports the networks that it still has to join")
  void missing() {
    String one = "a" + cluster;
    String two = "b" + cluster;
    engine.createNetwork(one, Map.of(), Map.of());
    engine.createNetwork(two, Map.of(), Map.of());
    String id = create("\"networks\":[\"" + one + "\",\"" + two + "\"]");
    assertThat(seen(id).missing()).isEqualTo(Map.of(two, List.of("web")));
    engine.connect(two, id, List.of("web"));
    engine.start(id);
    assertThat(seen(id).missing()).isEmpty();

    disconnect(one, id);
    assertThat(seen(id).missing()).containsOnlyKeys(one);
    engine.connect(one, id, List.of("web"));
    assertThat(seen(id).missing()).isEmpty();

    engine.signal(id, "KILL");
    awaitState(id, State.EXITED);
    disconnect(two, id);
    assertThat(seen(id).missing()).containsOnlyKeys(two);
    engine.connect(two, id, List.of("web"));
    assertThat(seen(id).missing()).isEmpty();
    eventually(() -> removed(id));
    engine.removeNetwork(one);
    engine.removeNetwork(two);
  }

  @Test
  @DisplayName("a container with a missing network can be created but not started")
  void noNetwork() {
    String id = create("\"networks\":[\"no" + cluster + "\"]");
    assertThat(faultOf(() -> engine.start(id))).isEqualTo(Fault.NO_NETWORK);
  }

  @Test
  @DisplayName("a container that ran does not find a new network of the same name")
  void anotherNetwork() {
    String name = "n" + cluster;
    engine.createNetwork(name, Map.of(), Map.of());
    String id = running("\"networks\":[\"" + name + "\"]");
    engine.signal(id, "KILL");
    awaitState(id, State.EXITED);
    engine.removeNetwork(name);
    engine.createNetwork(name, Map.of(), Map.of());
    assertThat(faultOf(() -> engine.start(id))).isEqualTo(Fault.NO_NETWORK);
    engine.removeNetwork(name);
  }

  // removal

  @Test
  @DisplayName("a removed container is not listed")
  void removed() {
    String id = create();
    engine.remove(id);
    eventually(() -> engine.list().stream().noneMatch(c -> c.id().equals(id)));
  }

  @Test
  @DisplayName("a running container is not removed, and keeps running")
  void notRemoved() {
    String id = running();
    assertThat(faultOf(() -> engine.remove(id))).isEqualTo(Fault.BUSY);
    assertThat(seen(id).state()).isEqualTo(State.RUNNING);
  }
}
