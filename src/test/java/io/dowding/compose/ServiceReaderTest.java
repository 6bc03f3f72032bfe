package io.dowding.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.model.Constraint;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Mount;
import io.dowding.model.Port;
import io.dowding.model.PreStart;
import io.dowding.model.RestartPolicy;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceReaderTest {

  private static Service read(String json) throws InvalidServiceException {
    return ServiceReader.read("web", 7, json.getBytes(StandardCharsets.UTF_8));
  }

  private static Service with(String fields) throws InvalidServiceException {
    return read("{\"image\":\"nginx\"," + fields + "}");
  }

  @Test
  @DisplayName("says what is wrong with JSON in words that are not the parser's own")
  void notJson() {
    for (String bad : List.of("[".repeat(200), "{} {}", "{\"a\":NaN}")) {
      assertThatThrownBy(() -> ServiceReader.read("web", 1, bad.getBytes(StandardCharsets.UTF_8)))
          .isInstanceOf(InvalidServiceException.class)
          .hasMessageContaining("not JSON: ")
          .hasMessageNotContainingAny("`", "com.fasterxml");
    }
  }

  @Test
  @DisplayName(
      "an image is enough; the defaults are one replica, unless-stopped, ten seconds of grace, no"
          + " pin")
  void defaults() throws InvalidServiceException {
    Service service = read("{\"image\":\"nginx:1.29\"}");
    assertThat(service.mode()).isEqualTo(new Service.Mode.Replicated(1));
    assertThat(service.container().restart()).isEqualTo(RestartPolicy.DEFAULT);
    assertThat(service.container().stopGracePeriod()).isEqualTo(Duration.ofSeconds(10));
    assertThat(service.container().command()).isNull();
    assertThat(service.pin()).isEqualTo(new Service.PinRule.Auto());
    assertThat(service.running()).isTrue();
    assertThat(service.generation()).isEqualTo(7);
  }

  @Test
  @DisplayName("the output of docker compose config is accepted")
  void composeConfig() throws InvalidServiceException {
    Service service =
        read(
            """
            {"command": null, "entrypoint": null, "image": "redis:8", "networks": {"default": null},
             "environment": {"A": "1", "B": "x=y"},
             "ports": [{"mode": "ingress", "target": 6379, "published": "6379", "protocol": "tcp"}],
             "volumes": [{"type": "volume", "source": "data", "target": "/data", "volume": {}},
                         {"type": "bind", "source": "/etc/x", "target": "/x", "read_only": true,
                          "bind": {"create_host_path": true}}],
             "deploy": {"replicas": 2, "resources": {"limits": {"cpus": 0.5, "memory": "67108864"}},
                        "placement": {"constraints": ["node.labels.rack==r1"]}},
             "x-anything": {"of": "mine"}}
            """);
    ContainerSpec container = service.container();
    assertThat(container.ports()).containsExactly(new Port("", 6379, 6379, "tcp"));
    assertThat(container.mounts())
        .containsExactly(
            new Mount(Mount.Type.VOLUME, "data", "/data", false),
            new Mount(Mount.Type.BIND, "/etc/x", "/x", true));
    assertThat(container.environment()).isEqualTo(Map.of("A", "1", "B", "x=y"));
    assertThat(container.limits()).isEqualTo(new ContainerSpec.Limits(500_000_000, 64L << 20, 0));
    assertThat(service.placement().constraints())
        .containsExactly(new Constraint("node.labels.rack", true, "r1"));
  }

  @Test
  @DisplayName("short forms mean the same as in Compose")
  void shortForms() throws InvalidServiceException {
    ContainerSpec container =
        with("\"command\":\"sh -c 'echo a b'\",\"entrypoint\":[],"
                + "\"ports\":[\"80\",8081,\"127.0.0.1:53:53/udp\",\"3000-3001:4000-4001\"],"
                + "\"volumes\":[\"/var/cache\",\"data:/d:ro\",\"/host:/c\"],"
                + "\"environment\":[\"A=1\"],\"labels\":[\"x=y\"],"
                + "\"restart\":\"on-failure:3\",\"stop_grace_period\":\"1m30s\"")
            .container();
    assertThat(container.command()).isEqualTo(List.of("sh", "-c", "echo a b"));
    assertThat(container.entrypoint()).isEmpty();
    assertThat(container.ports())
        .containsExactlyInAnyOrder(
            new Port("", 0, 80, "tcp"),
            new Port("", 0, 8081, "tcp"),
            new Port("127.0.0.1", 53, 53, "udp"),
            new Port("", 3000, 4000, "tcp"),
            new Port("", 3001, 4001, "tcp"));
    assertThat(container.mounts())
        .containsExactly(
            new Mount(Mount.Type.VOLUME, "", "/var/cache", false),
            new Mount(Mount.Type.VOLUME, "data", "/d", true),
            new Mount(Mount.Type.BIND, "/host", "/c", false));
    assertThat(container.restart()).isEqualTo(new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 3));
    assertThat(container.stopGracePeriod()).isEqualTo(Duration.ofSeconds(90));
    assertThat(container.hasLocalData()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sequence",
        "cluster",
        "services/billing",
        "secrets/",
        "configs/a/b",
        "secrets/.."
      })
  @DisplayName("x-dowding.contents lists keys of configs and secrets only")
  void contents(String key) throws InvalidServiceException {
    var _ = with("\"x-dowding\":{\"contents\":[\"configs/site\",\"secrets/shop_key.v1\"]}");
    assertThatThrownBy(
            () -> with("\"x-dowding\":{\"contents\":[\"configs/site\",\"" + key + "\"]}"))
        .hasMessageContaining(
            "x-dowding.contents: \"" + key + "\" is not the key of a config or secret");
  }

  @Test
  @DisplayName("x-dowding sets pin, parent, exclusive, reschedule, weight, strategy and state")
  void extras() throws InvalidServiceException {
    Service service =
        with(
            "\"x-dowding\":{\"pin\":\"none\",\"parent\":\"db\",\"exclusive\":true,"
                + "\"reschedule\":\"5m\",\"weight\":2.5,\"strategy\":\"binpack\","
                + "\"state\":\"stopped\"}");
    assertThat(service.pin()).isEqualTo(new Service.PinRule.None());
    assertThat(service.parent()).isEqualTo("db");
    assertThat(service.placement().exclusive()).isTrue();
    assertThat(service.placement().weight()).isEqualTo(2.5);
    assertThat(service.placement().strategy()).isEqualTo(Service.Strategy.BINPACK);
    assertThat(service.reschedule()).isEqualTo(new Service.Reschedule.After(Duration.ofMinutes(5)));
    assertThat(service.running()).isFalse();
  }

  @Test
  @DisplayName("rollback_config takes its defaults from update_config, except the failure action")
  void rollback() throws InvalidServiceException {
    Service service =
        with(
            "\"deploy\":{\"update_config\":{\"parallelism\":3,\"delay\":\"1s\",\"monitor\":\"9s\","
                + "\"failure_action\":\"rollback\",\"max_failure_ratio\":0.5,"
                + "\"order\":\"start-first\"},\"rollback_config\":{\"delay\":\"0s\"}}");
    assertThat(service.update())
        .isEqualTo(
            new UpdateConfig(
                3,
                Duration.ofSeconds(1),
                UpdateConfig.OnFailure.ROLLBACK,
                Duration.ofSeconds(9),
                0.5,
                UpdateConfig.Order.START_FIRST));
    assertThat(service.rollback())
        .isEqualTo(
            new UpdateConfig(
                3,
                Duration.ZERO,
                UpdateConfig.OnFailure.PAUSE,
                Duration.ofSeconds(9),
                0.5,
                UpdateConfig.Order.START_FIRST));
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("a problem is reported with its path, its value, and what is valid")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"ports\":[\"99999:80\"]           | ports[0]: \"99999:80\" is not a port such as",
        "\"ports\":\"80\"                   | ports: \"80\" is not a list",
        "\"ports\":[\"80-90:80-81\"]           | ports[0]",
        "\"environment\":{\"A\":null}       | environment.A: has no value; only dowding up",
        "\"environment\":[\"A\"]            | environment: \"A\": has no value",
        "\"labels\":{\"dowding.job\":\"x\"} | labels.dowding.job: dowding.* is dowding's own",
        "\"volumes\":[\"./x:/y\"]           | volumes[0]: \"./x\" is not an absolute path: hosts have no current directory",
        "\"volumes\":[\"a:b\"]              | volumes[0]: \"b\" is not an absolute path in the container",
        "\"restart\":\"sometimes\"          | restart: \"sometimes\" is not no, always, unless-stopped",
        "\"stop_grace_period\":\"soon\"     | stop_grace_period: \"soon\" is not a duration such as 1m30s",
        "\"network_mode\":\"container:x\"   | network_mode: \"container:x\" is not bridge, host, none or",
        "\"networks\":[\"a b\"]             | networks: \"a b\" is not a network name",
        "\"networks\":[\"host\"]            | networks: \"host\" is a mode, not a network: write network_mode: host",
        "\"networks\":[\"a\",\"none\"]        | networks: \"none\" is a mode, not a network",
        "\"networks\":{\"bridge\":{}}       | networks: \"bridge\" is a mode, not a network",
        "\"networks\":[\"container:x\"]     | networks: \"container:x\" is not a network name",
        "\"networks\":[\"0123456789012345678901234567890123456789012345678901234567890abc\"] | is not a network name",
        "\"networks\":[\"a\"],\"network_mode\":\"host\" | networks: cannot be combined with network_mode",
        "\"networks\":{\"a\":{\"ipv4_address\":\"1.1.1\"}} | networks.a.ipv4_address: \"1.1.1\" is not an address in",
        "\"networks\":[\"a\"],\"x-dowding\":{\"networks\":{\"a\":{\"driver\":\"overlay\"}}} | x-dowding.networks.a.driver: \"overlay\" is not bridge",
        "\"x-dowding\":{\"networks\":{\"a\":{}}} | x-dowding.networks.a: is none of this service's networks",
        "\"x-dowding\":{\"volumes\":{\"a\":{}}} | x-dowding.volumes.a: is none of this service's volumes",
        "\"volumes\":[{\"type\":\"tmpfs\",\"target\":\"/t\",\"source\":\"x\"}] | volumes[0]: \"x\": memory has no source",
        "\"configs\":[\"a/b\"]         | configs[0]: \"a/b\" is not a name",
        "\"configs\":[{\"source\":\"a\",\"target\":\"x\"}] | configs[0]: \"x\" is not an absolute path",
        "\"configs\":[{\"source\":\"a\",\"mode\":\"rw\"}] | configs[0].mode: \"rw\" is not a mode such as",
        "\"configs\":[\"a\",{\"source\":\"b\",\"target\":\"/a\"}] | configs: \"/a\" is not a path of one file",
        "\"secrets\":[\"a\"],\"tmpfs\":\"/run\" | secrets: /run/secrets/a lies in the mount /run: choose another target",
        "\"secrets\":[\"a\"],\"volumes\":[\"v:/run\"] | secrets: /run/secrets/a lies in the mount /run: choose another target",
        "\"configs\":[\"a\"],\"volumes\":[\"v:/a\"] | configs: /a lies in the mount /a: choose another target",
        "\"configs\":[{\"source\":\"a\",\"target\":\"/v/a\"}],\"volumes\":[\"v:/v:ro\"] | configs: /v/a lies in the mount /v: choose another target",
        "\"configs\":[{\"source\":\"a\",\"target\":\"/v/a\"}],\"volumes\":[\"/srv:/v\"] | configs: /v/a lies in the mount /v: choose another target",
        "\"configs\":[{\"source\":\"a\",\"target\":\"/v/t/a\"}],\"volumes\":[\"v:/v\"],\"tmpfs\":\"/v/t\" | configs: /v/t/a lies in the mount /v/t: choose another target",
        "\"configs\":[\"a\"],\"read_only\":true | read_only: cannot be combined with configs",
        "\"x-dowding\":{\"secrets\":{\"a\":{\"content\":\"b\"}}} | x-dowding.secrets.a: is none of this service's secrets",
        "\"secrets\":[\"a\"],\"x-dowding\":{\"secrets\":{\"a\":{\"content\":7}}} | x-dowding.secrets.a.content: is not text",
        "\"volumes_from\":[\"container:db\"] | volumes_from: \"container:db\" is not a service such as data",
        "\"volumes_from\":[\"db:rx\"]     | volumes_from: \"db:rx\" is not a service such as data",
        "\"volumes_from\":[\"db\"],\"deploy\":{\"mode\":\"global\"} | x-dowding: a global service runs on every host",
        "\"post_start\":[{\"user\":\"root\"}] | post_start[0].command: is missing",
        "\"pre_start\":[{\"user\":\"root\"}] | pre_start[0].command: is missing",
        "\"pre_start\":[{\"image\":\"A b\"}] | pre_start[0].image: \"A b\" is not an image such as",
        "\"pre_start\":[{\"command\":\"a\",\"per_replica\":true}] | pre_start[0].per_replica: is not supported",
        "\"pre_stop\":[\"true\"]          | pre_stop[0]: \"true\" is not an object with a command",
        "\"pre_stop\":[{\"command\":\"a\",\"b\":1}] | pre_stop[0].b: is not supported",
        "\"pull_policy\":\"every_day\"     | pull_policy: \"every_day\" is not always, missing, never, daily, weekly",
        "\"volumes\":[\"d:/d:z\"]          | volumes[0]: \"d:/d:z\" is not a volume such as",
        "\"deploy\":{\"restart_policy\":{\"condition\":\"often\"}} | deploy.restart_policy.condition: \"often\" is not none, on-failure, any, always or unless-stopped",
        "\"deploy\":{\"restart_policy\":{\"max_attempts\":-1}} | deploy.restart_policy.max_attempts: -1 is not a number from 0",
        "\"deploy\":{\"restart_policy\":{\"delay\":\"soon\"}} | deploy.restart_policy.delay: \"soon\" is not a duration such as 5s",
        "\"deploy\":{\"update_config\":{\"order\":\"both\"}} | deploy.update_config.order: \"both\" is not stop-first or start-first",
        "\"deploy\":{\"rollback_config\":{\"failure_action\":\"rollback\"}} | deploy.rollback_config.failure_action: \"rollback\" is not pause or continue",
        "\"deploy\":{\"update_config\":{\"max_failure_ratio\":2}} | deploy.update_config.max_failure_ratio: 2 is not a number from 0 to 1",
        "\"command\":\"a && b\"            | command: \"a && b\" has \"&& b\" outside quotes, but there is no shell; write [sh, -c,",
        "\"command\":\"a 'b\"             | command: \"a 'b\" has an unclosed quote",
        "\"build\":\".\"                    | build: is not supported; build the image elsewhere",
        "\"privileged\":\"maybe\"            | privileged: \"maybe\" is not true or false",
        "\"cap_add\":[\"net admin\"]       | cap_add: \"net admin\" is not one that Docker knows",
        "\"pid\":\"container:x\"            | pid: \"container:x\" is not host",
        "\"healthcheck\":{\"test\":[\"true\"]} | healthcheck.test: [\"true\"] does not begin with CMD",
        "\"ulimits\":{\"nofile\":\"many\"}  | ulimits.nofile: \"many\" is not a number",
        "\"extra_hosts\":[\"db\"]          | extra_hosts: \"db\" is not such as",
        "\"tmpfs\":\"run\"                 | tmpfs: \"run\" is not such as",
        "\"expose\":[\"8010-8000\"]        | expose: \"8010-8000\" is not a port such as 8080, 53/udp or 8000-8005",
        "\"expose\":[\"99999\"]            | expose: \"99999\" is not a port such as 8080, 53/udp or 8000-8005",
        "\"devices\":[\"fuse\"]            | devices[0]: \"fuse\" is not such as",
        "\"cpus\":1,\"deploy\":{\"resources\":{\"limits\":{\"cpus\":2}}} | cpus: differs from deploy.resources; remove one",
        "\"comand\":\"x\"                   | comand: is not supported; did you mean command?",
        "\"deploy\":{\"replicas\":-1}       | deploy.replicas: -1 is not a number from 0 to 10000",
        "\"deploy\":{\"mode\":\"global\",\"replicas\":2} | deploy.replicas: a global service runs once",
        "\"deploy\":{\"placement\":{\"constraints\":[\"rack=r1\"]}} | deploy.placement.constraints[0]: \"rack=r1\" is not a constraint such as",
        "\"deploy\":{\"resources\":{\"limits\":{\"memory\":\"lots\"}}} | deploy.resources.limits.memory: \"lots\" is not a size such as 64M",
        "\"deploy\":{\"resources\":{\"reservations\":{\"disk\":1}}} | deploy.resources.reservations.disk: is not supported",
        "\"x-dowding\":{\"pin\":\"Host 1\"} | x-dowding.pin: \"Host 1\" is not a hostname, auto or none",
        "\"x-dowding\":{\"colour\":\"red\"} | x-dowding.colour: is not supported",
        "\"x-dowding\":{\"parent\":\"web.2\"} | x-dowding.parent: a service cannot be its own parent",
        "\"container_name\":\"x1\",\"deploy\":{\"replicas\":2} | container_name: several jobs cannot share one name",
      })
  void problems(String fields, String problem) {
    assertThatThrownBy(() -> with(fields))
        .isInstanceOf(InvalidServiceException.class)
        .hasMessageContaining(problem);
  }

  @Test
  @DisplayName("a service has at most 32 pre_start steps")
  void steps() throws InvalidServiceException {
    assertThat(PreStart.steps(with(steps(32)).container())).isEqualTo(32);
    assertThatThrownBy(() -> with(steps(33)))
        .isInstanceOf(InvalidServiceException.class)
        .hasMessageContaining("pre_start: has 33 items, more than the 32 allowed");
  }

  private static String steps(int count) {
    return "\"pre_start\":[" + "{\"command\":\"a\"},".repeat(count - 1) + "{\"command\":\"a\"}]";
  }

  @Test
  @DisplayName("all problems are reported at once")
  void allAtOnce() {
    assertThatThrownBy(() -> read("{\"command\":1,\"ports\":[\"x\"],\"user\":{},\"nope\":1}"))
        .isInstanceOfSatisfying(
            InvalidServiceException.class, invalid -> assertThat(invalid.problems()).hasSize(5));
  }

  @ParameterizedTest
  @DisplayName("any bytes result in a service or a problem")
  @org.junit.jupiter.params.provider.ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void anyBytes(int seed) throws InvalidServiceException {
    var random = new java.util.Random(seed);
    String valid = "{\"image\":\"nginx\",\"ports\":[\"80:80\"],\"deploy\":{\"replicas\":2}}";
    assertThat(read(valid).name()).isEqualTo("web");
    int refused = 0;
    for (int n = 0; n < 500; n++) {
      byte[] bytes = valid.getBytes(StandardCharsets.UTF_8);
      for (int flips = 0; flips < 3; flips++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(ServiceReader.read("web", 1, bytes).container().image()).isNotEmpty();
      } catch (InvalidServiceException invalid) {
        assertThat(invalid.problems()).isNotEmpty();
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nginx",
        "REGISTRY.example.com/app",
        "localhost/app:1",
        "Host:5000/a/b--c__d.e:Tag_1.0",
        "a---b/c",
        "busybox@sha256:0000000000000000000000000000000000000000000000000000000000000000"
      })
  @DisplayName("an image is accepted by Docker's grammar")
  void images(String image) throws InvalidServiceException {
    byte[] json = ("{\"image\":\"" + image + "\"}").getBytes(StandardCharsets.UTF_8);
    assertThat(ServiceReader.read("web", 1, json).container().image()).isEqualTo(image);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nginx/Foo", "a:1:2", "a_-b", "a..b", "-a", "a-", "a/", "a:", ":1", "a@b"})
  @DisplayName("an invalid image is refused")
  void notImages(String image) {
    byte[] json = ("{\"image\":\"" + image + "\"}").getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> ServiceReader.read("web", 1, json))
        .hasMessageContaining("is not an image such as");
  }

  @Test
  @DisplayName("a tag is followed at an interval; a digest is not, and some settings exclude it")
  void follow() throws InvalidServiceException {
    String follow = "\"x-dowding\":{\"follow\":\"15m\"}";
    assertThat(with(follow).container().pullPolicy().follow()).isEqualTo(Duration.ofMinutes(15));
    assertThat(with("\"x-dowding\":{\"follow\":\"off\"}").container().pullPolicy().follow())
        .isZero();
    assertThat(
            read("{\"image\":\"nginx@sha256:" + "0".repeat(64) + "\"," + follow + "}")
                .container()
                .pullPolicy()
                .follow())
        .isZero();
    assertThatThrownBy(() -> with("\"x-dowding\":{\"follow\":\"5s\"}"))
        .hasMessageContaining("x-dowding.follow: \"5s\" is not off, or a duration of 10s or more");
    assertThatThrownBy(() -> with("\"pull_policy\":\"never\"," + follow))
        .hasMessageContaining("x-dowding.follow: does not go with pull_policy: never");
    assertThatThrownBy(() -> with("\"x-dowding\":{\"follow\":\"15m\",\"pin_digest\":false}"))
        .hasMessageContaining("x-dowding.follow: does not go with pin_digest: false");
  }
}
