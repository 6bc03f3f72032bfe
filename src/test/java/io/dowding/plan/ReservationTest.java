package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.EngineInfo;
import io.dowding.model.Resources;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A reservation")
class ReservationTest {

  private static final EngineInfo GIB_8 =
      new EngineInfo(
          "id",
          "29",
          "1.52",
          4,
          8L << 30,
          "linux",
          "amd64",
          Set.of(),
          Set.of(),
          Set.of(),
          Set.of(),
          new TreeMap<>(Map.of("gpu", 2L)));

  private static String reserving(String reservations, String... more) {
    String deploy = "\"deploy\":{" + String.join("", more) + "\"resources\":{\"reservations\":{";
    return deploy + reservations + "}}}";
  }

  private static final String SEVEN_AND_A_HALF = reserving("\"memory\":\"7680m\"");
  private static final String ONE = reserving("\"memory\":\"1g\"");

  private static Scene hosts(String... names) {
    Scene scene = Scene.withHosts(names);
    for (String name : names) {
      scene.engine(name, GIB_8);
    }
    return scene;
  }

  @Test
  @DisplayName("never exceeds the capacity of a host, and the reason has figures")
  void refuses() {
    Scene scene = hosts("host1").service("db", SEVEN_AND_A_HALF).running("db.1", "host1");
    assertThat(scene.service("web", ONE).reason("web.1"))
        .isEqualTo("no host fits: host1: 0.5 GiB of 8 GiB free, 1 GiB asked");
    assertThat(scene.service("web", reserving("\"memory\":\"512m\"")).actions())
        .containsExactly("record web.1 on host1");
    assertThat(scene.service("web", reserving("\"cpus\":\"4.5\"")).reason("web.1"))
        .endsWith("host1: 4 of 4 CPUs free, 4.5 asked");
    assertThat(
            scene
                .service(
                    "web",
                    reserving(
                        "\"generic_resources\":[{\"discrete_resource_spec\":"
                            + "{\"kind\":\"gpu\",\"value\":3}}]"))
                .reason("web.1"))
        .endsWith("host1: 2 of 2 gpu free, 3 asked");
  }

  @Test
  @DisplayName("counts for each placed job and for each replica")
  void counts() {
    Scene scene = hosts("a", "b").service("web", reserving("\"cpus\":3", "\"replicas\":3,"));
    assertThat(scene.actions()).containsExactly("record web.1 on a", "record web.2 on b");
    assertThat(scene.reason("web.3"))
        .isEqualTo("no host fits: a: 1 of 4 CPUs free, 3 asked; b: 1 of 4 CPUs free, 3 asked");
  }

  @Test
  @DisplayName("of a device is counted by kind, and not checked if no device is reported")
  void devices() {
    assertThat(hosts("a").service("web", gpus("gpu", 2)).actions())
        .containsExactly("record web.1 on a");
    Scene one = hosts("a").service("db", gpus("gpu", 1)).running("db.1", "a");
    assertThat(one.service("web", gpus("gpu", 1)).actions()).containsExactly("record web.1 on a");
    assertThat(one.service("web", gpus("gpu", 2)).reason("web.1"))
        .endsWith("a: 1 of 2 gpu free, 2 asked");
    assertThat(one.service("web", gpus("fpga", 1)).reason("web.1"))
        .endsWith("a: 0 of 0 fpga free, 1 asked");
    assertThat(Scene.withHosts("a").service("web", gpus("gpu", 9)).actions())
        .containsExactly("record web.1 on a");
  }

  private static String gpus(String kind, int count) {
    return reserving(
        "\"generic_resources\":[{\"discrete_resource_spec\":{\"kind\":\""
            + kind
            + "\",\"value\":"
            + count
            + "}}]");
  }

  @Test
  @DisplayName("of memory is granted even where more CPUs are reserved than there are")
  void overcommitted() {
    Scene scene = hosts("a").service("db", reserving("\"cpus\":4")).running("db.1", "a");
    scene.reserve(new Resources(500_000_000, 0));
    assertThat(scene.service("web", ONE).actions()).containsExactly("record web.1 on a");
    assertThat(scene.service("web", reserving("\"cpus\":1")).reason("web.1"))
        .endsWith("a: 0 of 3.5 CPUs free, 1 asked");
  }

  @Test
  @DisplayName("of a changed definition holds jobs that are placed together, or are global")
  void held() {
    Scene global = hosts("a").service("db", SEVEN_AND_A_HALF).running("db.1", "a");
    global.service("log", reserving("\"memory\":\"1g\"", "\"mode\":\"global\","));
    global.runningOld("log.a", "a");
    assertThat(global.actions()).isEmpty();
    assertThat(global.reason("log.a")).isEqualTo("a: 0.5 GiB of 8 GiB free, 1 GiB asked");
    Scene fits = hosts("a").service("log", reserving("\"memory\":\"1g\"", "\"mode\":\"global\","));
    assertThat(fits.runningOld("log.a", "a").actions()).containsExactly("pull for log.a on a");
    String[] shop = {"\"networks\":[\"shop_default\"]", "\"x-dowding\":{\"project\":\"shop\"}"};
    Scene group = hosts("a").service("db", SEVEN_AND_A_HALF).running("db.1", "a");
    group.service("one", shop).running("one.1", "a");
    group.service("two", ONE, shop[0], shop[1]).runningOld("two.1", "a");
    assertThat(group.actions()).isEmpty();
    assertThat(group.reason("two.1")).isEqualTo("a: 0.5 GiB of 8 GiB free, 1 GiB asked");
  }

  @Test
  @DisplayName("leaves the configured part of a host free")
  void keepsFree() {
    Scene scene = hosts("a").reserve(new Resources(500_000_000, 2L << 30));
    assertThat(scene.service("web", reserving("\"memory\":\"7g\"")).reason("web.1"))
        .endsWith("a: 6 GiB of 6 GiB free, 7 GiB asked");
    assertThat(scene.service("web", reserving("\"cpus\":\"3.6\"")).reason("web.1"))
        .endsWith("a: 3.5 of 3.5 CPUs free, 3.6 asked");
  }

  @Test
  @DisplayName("also applies to a pinned job, which waits for room")
  void pinned() {
    Scene scene = hosts("a", "b").service("db", SEVEN_AND_A_HALF).running("db.1", "a");
    assertThat(scene.service("web", ONE).pin("web", "a").reason("web.1"))
        .isEqualTo("pinned to a by pins/web, but a: 0.5 GiB of 8 GiB free, 1 GiB asked");
  }

  @Test
  @DisplayName("is not checked on a host that has not reported its capacity")
  void unknown() {
    Scene scene = Scene.withHosts("a").service("web", reserving("\"memory\":\"900g\""));
    assertThat(scene.actions()).containsExactly("record web.1 on a");
  }

  @Test
  @DisplayName("never moves a running job")
  void sticky() {
    Scene scene =
        hosts("a", "b")
            .service("db", SEVEN_AND_A_HALF)
            .running("db.1", "a")
            .service("web", ONE)
            .running("web.1", "a");
    assertThat(scene.actions()).isEmpty();
  }

  @Test
  @DisplayName("of a changed definition may move a job, unless its data is there")
  void changed() {
    Scene scene = hosts("a", "b").service("db", SEVEN_AND_A_HALF).running("db.1", "a");
    scene.service("web", ONE).runningOld("web.1", "a");
    assertThat(scene.actions()).containsExactly("pull for web.1 on b");
    Scene stays = hosts("a", "b").service("db", SEVEN_AND_A_HALF).running("db.1", "a");
    stays.service("web", ONE, "\"volumes\":[\"data:/data\"]").runningOld("web.1", "a");
    assertThat(stays.actions()).isEmpty();
    assertThat(stays.reason("web.1")).isEqualTo("a: 0.5 GiB of 8 GiB free, 1 GiB asked");
    assertThat(stays.pin("web", "a").actions()).isEmpty();
    assertThat(stays.reason("web.1")).isEqualTo("a: 0.5 GiB of 8 GiB free, 1 GiB asked");
  }

  @Test
  @DisplayName("of a changed definition counts for each of several jobs that move at once")
  void changedTogether() {
    String three = "\"replicas\":3,";
    Scene scene = hosts("a", "b").service("web", reserving("\"memory\":\"4g\"", three));
    scene.recorded("web.1", "a", 1, "old").recorded("web.2", "a", 2, "old");
    scene.recorded("web.3", "a", 3, "old");
    assertThat(scene.actions()).filteredOn(action -> action.endsWith(" on b")).hasSize(2);
  }

  @Test
  @DisplayName("ranks hosts for a service with binpack")
  void packs() {
    Scene scene =
        hosts("a", "b")
            .service("db", ONE)
            .running("db.1", "b")
            .service("x", "\"deploy\":{\"replicas\":2}")
            .running("x.1", "a")
            .running("x.2", "a");
    scene.service("web", ONE, "\"x-dowding\":{\"strategy\":\"binpack\"}");
    assertThat(scene.actions()).containsExactly("record web.1 on b");
  }
}
