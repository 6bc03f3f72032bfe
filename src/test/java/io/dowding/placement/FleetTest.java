package io.dowding.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Availability;
import io.dowding.model.Constraint;
import io.dowding.model.ContainerSpec;
import io.dowding.model.EngineInfo;
import io.dowding.model.Host;
import io.dowding.model.Membership;
import io.dowding.model.Port;
import io.dowding.model.Resources;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
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
    fleet.place("web.2", Service.Placement.ANYWHERE, "c", null);
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).host()).isEqualTo("b");
    fleet.place("web.3", Service.Placement.ANYWHERE, "b", null);
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
    fleet.place("web.2", Service.Placement.ANYWHERE, "b", null);
    assertThat(fleet.choose(request(exclusive)).why()).contains("exclusive");
  }

  @Test
  @DisplayName("nothing fits an empty inventory, and the reason says so")
  void empty() {
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).why())
        .isEqualTo("no host fits: the inventory is empty");
  }

  @Test
  @DisplayName("a load with decimals is shown with them")
  void decimals() {
    host("a").add("db.1", 1.5);
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).why())
        .isEqualTo("best fit: 0 jobs of this service, load 1.5");
    fleet.place("web.1", Service.Placement.ANYWHERE, "a", null);
    fleet.place("db.2", weighing(0.5), "a", null);
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).why())
        .isEqualTo("best fit: 1 job of this service, load 3");
  }

  private static Service.Placement weighing(double weight) {
    return new Service.Placement(
        List.of(), List.of(), 0, false, Service.Strategy.SPREAD, weight, Resources.NONE);
  }

  @Nested
  @DisplayName("a choice by the caller")
  class Own {

    @Test
    @DisplayName("is made among the hosts that fit")
    void among() {
      host("a", Availability.DRAIN, null, "r1");
      host("b");
      host("c").addUnmanaged();
      Choice choice = fleet.choose(request(Service.Placement.ANYWHERE), List::getLast);
      assertThat(choice.host()).isEqualTo("c");
      assertThat(choice.why()).isEqualTo("best fit: 0 jobs of this service, load 1");
      assertThat(choice.refused()).isEmpty();
      assertThat(fleet.choose(request(Service.Placement.ANYWHERE), List::getFirst).host())
          .isEqualTo("b");
    }

    @Test
    @DisplayName("is not asked for if none fits")
    void none() {
      host("a", Availability.DRAIN, null, "r1");
      Choice choice = fleet.choose(request(Service.Placement.ANYWHERE), List::getFirst);
      assertThat(choice.host()).isNull();
      assertThat(choice.why()).isEqualTo("no host fits: a: drained");
    }
  }

  @Nested
  @DisplayName("with reservations, binpack fills the host")
  class Reserving {

    private Candidate host(String name, int cpus, int gib) {
      EngineInfo engine =
          new EngineInfo(
              "id",
              "29",
              "1.52",
              cpus,
              (long) gib << 30,
              "linux",
              "amd64",
              Set.of(),
              Set.of(),
              Set.of(),
              Set.of());
      Candidate candidate =
          new Candidate(
              new Host(name, "tcp://" + name + ":2375", Set.of(), Map.of()),
              Availability.ACTIVE,
              null,
              engine,
              Set.of(),
              Resources.NONE);
      fleet.add(candidate);
      return candidate;
    }

    private static Service.Placement reserving(long cpus, int gib) {
      return new Service.Placement(
          List.of(),
          List.of(),
          0,
          false,
          Service.Strategy.BINPACK,
          1,
          new Resources(cpus * 1_000_000_000, (long) gib << 30));
    }

    private @Nullable String chosen() {
      return fleet.choose(request(reserving(0, 1))).host();
    }

    @Test
    @DisplayName("of which the greater part is reserved, not the one with more reserved")
    void part() {
      host("a", 0, 16).add("db.1", reserving(0, 4));
      host("b", 0, 8).add("db.2", reserving(0, 3));
      assertThat(chosen()).isEqualTo("b");
    }

    @Test
    @DisplayName("whose parts of CPUs and memory together are greater")
    void sum() {
      host("a", 4, 16).add("db.1", reserving(0, 8));
      host("b", 4, 16).add("db.2", reserving(2, 4));
      assertThat(chosen()).isEqualTo("b");
    }

    @Test
    @DisplayName("that reports its capacity: of another one no part is known")
    void unknown() {
      host("a", 0, 0).add("db.1", reserving(1, 4));
      host("b", 4, 16).add("db.2", reserving(1, 1));
      assertThat(chosen()).isEqualTo("b");
    }

    @Test
    @DisplayName("and no longer counts what a job reserved once it has left")
    void left() {
      Candidate a = host("a", 4, 16);
      host("b", 4, 16).add("db.2", reserving(0, 3));
      fleet.place("db.1", reserving(0, 8), "a", null);
      assertThat(chosen()).isEqualTo("a");
      fleet.place("db.1", reserving(0, 8), "b", "a");
      assertThat(a.reserved()).isEqualTo(Resources.NONE);
      assertThat(a.load()).isZero();
      assertThat(chosen()).isEqualTo("b");
    }
  }

  @Nested
  @DisplayName("spread over racks,")
  class Spread {

    private final Service.Placement overRacks =
        new Service.Placement(
            List.of(), List.of("rack"), 0, false, Service.Strategy.SPREAD, 1, Resources.NONE);

    private @Nullable String chosen() {
      return fleet.choose(request(overRacks)).host();
    }

    private void rack(String name, String rack, int unmanaged, String... jobs) {
      Host host = new Host(name, "tcp://" + name + ":2375", Set.of(), Map.of("rack", rack));
      Candidate candidate = new Candidate(host, Availability.ACTIVE, null);
      for (int n = 0; n < unmanaged; n++) {
        candidate.addUnmanaged();
      }
      for (String job : jobs) {
        candidate.add(job, overRacks);
      }
      fleet.add(candidate);
    }

    @Test
    @DisplayName("a job that is placed twice counts once")
    void twice() {
      rack("a", "r1", 0);
      rack("b", "r2", 0, "web.2");
      assertThat(chosen()).isEqualTo("a");
      fleet.place("web.1", overRacks, "a", null);
      fleet.place("web.1", overRacks, "a", null);
      assertThat(chosen()).isEqualTo("a");
    }

    @Test
    @DisplayName("a host that is replaced takes its jobs with it, and brings others")
    void replaced() {
      rack("a", "r1", 0, "web.1", "web.2");
      rack("b", "r2", 0, "web.3");
      assertThat(chosen()).isEqualTo("b");
      rack("a", "r1", 0);
      assertThat(chosen()).isEqualTo("a");
      rack("a", "r1", 0, "web.4", "web.5");
      assertThat(chosen()).isEqualTo("b");
    }

    @Test
    @DisplayName("a host whose rack changed is counted there")
    void moved() {
      rack("a", "r1", 0, "web.1");
      rack("b", "r2", 0);
      rack("c", "r3", 1);
      assertThat(chosen()).isEqualTo("b");
      rack("b", "r1", 0);
      assertThat(chosen()).isEqualTo("c");
    }

    @Test
    @DisplayName("a job that left for an unknown host counts nowhere, also in drafts")
    void nowhere() {
      rack("a", "r1", 0, "web.1");
      rack("b", "r2", 1, "web.2");
      rack("c", "r2", 0, "web.3");
      Fleet draft = fleet.draft();
      draft.place("web.2", overRacks, "unknown", "b");
      assertThat(draft.choose(request(overRacks)).host()).isEqualTo("b");
      assertThat(chosen()).isEqualTo("a");
      fleet.place("web.2", overRacks, "unknown", "b");
      assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).host()).isEqualTo("b");
      assertThat(chosen()).isEqualTo("b");
    }
  }

  @Test
  @DisplayName("a changed definition of the same service is obeyed")
  void redefined() {
    host("a", Availability.ACTIVE, null, "r1");
    host("b", Availability.ACTIVE, null, "r2");
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).host()).isEqualTo("a");
    Service.Placement onR2 =
        placement(
            List.of(new Constraint("node.labels.rack", true, "r2")),
            0,
            false,
            Service.Strategy.SPREAD);
    assertThat(fleet.choose(request(onR2)).host()).isEqualTo("b");
  }

  @Test
  @DisplayName("jobs of another group of the library do not count as jobs of this one")
  void groups() {
    host("a");
    Candidate b = host("b");
    b.addUnmanaged();
    b.addUnmanaged();
    Service any = request(Service.Placement.ANYWHERE).service();
    assertThat(fleet.choose(new Request("auth.1", any, Map.of())).host()).isEqualTo("a");
    fleet.place("auth.1", Service.Placement.ANYWHERE, "a", null);
    assertThat(fleet.choose(new Request("db.1", any, Map.of())).host()).isEqualTo("a");
    assertThat(fleet.choose(new Request("auth.2", any, Map.of())).host()).isEqualTo("b");
  }

  @Test
  @DisplayName("a port that a job has taken itself is no obstacle to it, however often others look")
  void ownPort() {
    host("a");
    host("b");
    Port http = new Port("", 80, 80, "tcp");
    for (int n = 0; n < 5; n++) {
      assertThat(fleet.choose(request(Service.Placement.ANYWHERE, http)).host()).isEqualTo("a");
    }
    fleet.take("a", http, "web.9");
    fleet.take("b", http, "other.1");
    fleet.take("unknown", http, "other.1");
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE, http)).host()).isEqualTo("a");
  }

  @Test
  @DisplayName("a host is enough that has exactly the CPUs that are asked for")
  void exactCpus() {
    EngineInfo two =
        new EngineInfo(
            "id", "29", "1.52", 2, 0, "linux", "amd64", Set.of(), Set.of(), Set.of(), Set.of());
    Host host = new Host("a", "tcp://a:2375", Set.of(), Map.of());
    fleet.add(new Candidate(host, Availability.ACTIVE, null, two, Set.of(), Resources.NONE));
    assertThat(fleet.choose(limited(2_000_000_000)).host()).isEqualTo("a");
    assertThat(fleet.choose(limited(1_500_000_000)).host()).isEqualTo("a");
    assertThat(fleet.choose(limited(2_000_000_001)).host()).isNull();
    assertThat(fleet.choose(limited(2_500_000_000L)).why())
        .isEqualTo("no host fits: a: has 2 CPUs, 2.5 asked");
  }

  private static Request limited(long nanoCpus) {
    Request plain = request(Service.Placement.ANYWHERE);
    ContainerSpec spec = plain.service().container();
    ContainerSpec limited =
        new ContainerSpec(
            spec.image(),
            null,
            null,
            Map.of(),
            Map.of(),
            List.of(),
            List.of(),
            spec.restart(),
            spec.stopGracePeriod(),
            null,
            null,
            null,
            null,
            null,
            new ContainerSpec.Limits(nanoCpus, 0, 0),
            spec.pullPolicy(),
            null,
            new TreeMap<>(),
            List.of());
    return new Request("web.9", with(plain.service(), limited), Map.of());
  }

  private static Service with(Service service, ContainerSpec container) {
    return new Service(
        service.name(),
        1,
        container,
        "1-x",
        service.mode(),
        service.placement(),
        service.pin(),
        null,
        service.reschedule(),
        true,
        List.of(),
        service.onUnhealthy(),
        service.update(),
        service.rollback(),
        service.membership(),
        Map.of());
  }

  @Test
  @DisplayName("every host is explained: why it does not fit, or what it is ranked by")
  void explained() {
    host("a", Availability.DRAIN, null, "r1");
    host("b").add("web.1", 1);
    assertThat(fleet.explain(request(Service.Placement.ANYWHERE)))
        .containsExactly(
            Map.entry("a", "drained"), Map.entry("b", "fits: 1 job of this service, load 1"));
  }

  @Test
  @DisplayName("up to five hosts are named with one reason each, then up to five for each reason")
  void named() {
    for (int n = 1; n <= 5; n++) {
      host("h" + n, Availability.DRAIN, null, "r1");
    }
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).why())
        .isEqualTo("no host fits: h1: drained; h2: drained; h3: drained; h4: drained; h5: drained");
    host("h6", Availability.PAUSE, null, "r1");
    assertThat(fleet.choose(request(Service.Placement.ANYWHERE)).why())
        .isEqualTo("no host fits: h1, h2, h3, h4, h5: drained; h6: paused");
  }
}
