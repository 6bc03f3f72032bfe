package io.dowding.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Constraint;
import io.dowding.model.ContainerSpec;
import io.dowding.model.Host;
import io.dowding.model.Membership;
import io.dowding.model.Port;
import io.dowding.model.Resources;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FleetTest {

  private final Fleet fleet = new Fleet();

  private Candidate host(String name, Availability word, @Nullable String unusable, String rack) {
    Candidate candidate =
        new Candidate(
            new Host(name, "tcp://" + name + ":2375", Set.of("fruit"), Map.of("rack", rack)),
            word,
            unusable);
    fleet.add(candidate);
    return candidate;
  }

  private Candidate host(String name) {
    return host(name, Availability.ACTIVE, null, "r1");
  }

  private static Request request(Service.Placement placement, Port... ports) {
    ContainerSpec spec = ContainerSpec.ofImage("demo").withPorts(List.of(ports));
    return new Request(
        "web.9",
        new Service(
            "web",
            1,
            spec,
            "1-x",
            new Service.Mode.Replicated(9),
            placement,
            new Service.PinRule.None(),
            null,
            new Service.Reschedule.Default(),
            true,
            List.of(),
            Service.OnUnhealthy.RESTART,
            UpdateConfig.DEFAULT,
            UpdateConfig.DEFAULT,
            Membership.NONE,
            Map.of()),
        Map.of());
  }

  private static Service.Placement placement(
      List<Constraint> constraints, int most, boolean exclusive, Service.Strategy strategy) {
    return new Service.Placement(
        constraints, List.of(), most, exclusive, strategy, 1, Resources.NONE);
  }

  @Test
  @DisplayName("the jobs of this service count first, then the load, then the name")
  void ranks() {
    Candidate a = host("a");
    Candidate b = host("b");
    host("c");
    a.add("web.1", 1);
    b.addUnmanaged();
    b.addUnmanaged();
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).host()).isEqualTo("c");
    fleet.place("web.2", 1, "c", null);
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).host()).isEqualTo("b");
    fleet.place("web.3", 1, "b", null);
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).host()).isEqualTo("a");
  }

  @Test
  @DisplayName("binpack fills the fullest host that fits")
  void binpack() {
    host("a");
    host("b").add("db.1", 3);
    Service.Placement binpack = placement(List.of(), 0, false, Service.Strategy.BINPACK);
    assertThat(fleet.choose(request(binpack)).host()).isEqualTo("b");
  }

  @Test
  @DisplayName("a preference spreads over the values of a label before anything else")
  void preference() {
    host("a", Availability.ACTIVE, null, "r1").add("web.1", 1);
    host("b", Availability.ACTIVE, null, "r1");
    Candidate c = host("c", Availability.ACTIVE, null, "r2");
    c.addUnmanaged();
    Service.Placement spread =
        new Service.Placement(
            List.of(), List.of("rack"), 0, false, Service.Strategy.SPREAD, 1, Resources.NONE);
    assertThat(fleet.choose(request(spread)).host()).isEqualTo("c");
  }

  @Test
  @DisplayName("each host that does not fit has a reason")
  void reasons() {
    host("a").take(new Port("", 80, 80, "tcp"), "api.1");
    host("b", Availability.PAUSE, null, "r1");
    host("c", Availability.ACTIVE, "unreachable since 14:02:11", "r1");
    host("d", Availability.ACTIVE, null, "r2");
    host("e").add("web.1", 1);
    Choice choice =
        fleet.choose(
            request(
                placement(
                    List.of(new Constraint("node.labels.rack", true, "r1")),
                    1,
                    false,
                    Service.Strategy.SPREAD),
                new Port("", 80, 8080, "tcp")));
    assertThat(choice.host()).isNull();
    assertThat(choice.refused())
        .containsExactly(
            Map.entry("a", "port 80 is taken by api.1"),
            Map.entry("b", "paused"),
            Map.entry("c", "unreachable since 14:02:11"),
            Map.entry("d", "node.labels.rack == r1 does not hold"),
            Map.entry("e", "has 1 of at most 1 jobs of this service"));
    assertThat(choice.why()).startsWith("no host fits: a: port 80 is taken by api.1; b: paused");
  }

  @Test
  @DisplayName("hosts with the same reason are joined")
  void manyHosts() {
    for (int n = 10; n < 30; n++) {
      host("h" + n, Availability.DRAIN, null, "r1");
    }
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).why())
        .isEqualTo("no host fits: h10, h11, h12, h13, h14 and 15 more: drained");
  }

  @Test
  @DisplayName("of many hosts with a reason each, only the most common reasons are named")
  void manyReasons() {
    for (int n = 0; n < 1000; n++) {
      host("h" + n).take(new Port("", 80, 80, "tcp"), "api." + (n < 2 ? 1 : n));
    }
    Choice choice =
        fleet.choose(request(Service.Placement.ANYWHERE, new Port("", 80, 8080, "tcp")));
    assertThat(choice.refused()).hasSize(1000);
    assertThat(choice.why())
        .startsWith("no host fits: h0, h1: port 80 is taken by api.1; h10: ")
        .endsWith("; 989 more hosts for other reasons")
        .hasSizeLessThan(1000);
  }

  @Test
  @DisplayName("ports conflict by number, protocol and address")
  void ports() {
    Port any = new Port("", 80, 1, "tcp");
    assertThat(any.collidesWith(new Port("10.0.0.1", 80, 2, "tcp"))).isTrue();
    assertThat(any.collidesWith(new Port("", 80, 1, "udp"))).isFalse();
    assertThat(any.collidesWith(new Port("", 81, 1, "tcp"))).isFalse();
    assertThat(new Port("10.0.0.1", 80, 1, "tcp").collidesWith(new Port("10.0.0.2", 80, 1, "tcp")))
        .isFalse();
    assertThat(new Port("", 0, 1, "tcp").collidesWith(new Port("", 0, 1, "tcp"))).isFalse();
  }

  @Test
  @DisplayName("an exclusive service has no two jobs on one host")
  void exclusive() {
    host("a").add("web.1", 1);
    host("b");
    Service.Placement exclusive = placement(List.of(), 0, true, Service.Strategy.SPREAD);
    assertThat(fleet.choose(request(exclusive)).host()).isEqualTo("b");
    fleet.place("web.2", 1, "b", null);
    assertThat(fleet.choose(request(exclusive)).why()).contains("exclusive");
  }
}
