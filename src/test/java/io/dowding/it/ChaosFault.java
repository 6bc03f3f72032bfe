package io.dowding.it;

import java.nio.file.Path;

/** Faults of real etcds, engines, networks and agents. */
enum ChaosFault {
  LEADER_KILLED(
      true,
      chaos -> {
        chaos.leader().kill();
        return () -> {};
      }),
  LEADER_TERMINATED(
      true,
      chaos -> {
        chaos.leader().terminate();
        return () -> {};
      }),
  LEADER_FROZEN_FOR_HALF_A_LEASE(0.5),
  LEADER_FROZEN_FOR_A_LEASE(1),
  LEADER_FROZEN_FOR_LONGER(1.5),
  LEADER_FROZEN_FOR_THREE_LEASES(3),
  LEADER_CUT_FROM_ETCD(
      true,
      chaos -> {
        AgentProcess leader = chaos.leader();
        leader.cutFromEtcd();
        return leader::healToEtcd;
      }),
  ALL_AGENTS_KILLED(
      true,
      chaos -> {
        chaos.agents().forEach(AgentProcess::kill);
        return () -> {};
      }),
  ETCD_LEADER_KILLED(
      true,
      chaos -> {
        int leader = chaos.etcd.leader();
        chaos.etcd.kill(leader);
        return () -> chaos.etcd.start(leader);
      }),
  ETCD_WITHOUT_QUORUM(
      false,
      chaos -> {
        chaos.etcd.kill(0);
        chaos.etcd.kill(1);
        return () -> {
          chaos.etcd.start(0);
          chaos.etcd.start(1);
        };
      }),
  ETCD_COMPACTED(
      true,
      chaos -> {
        chaos.etcd.ctl("compact", chaos.etcd.revision());
        return () -> {};
      }),
  ETCD_OUT_OF_SPACE(
      false,
      chaos -> {
        chaos.etcd.fill();
        return chaos.etcd::empty;
      }),
  ETCD_RESTORED(
      false,
      chaos -> {
        Path snapshot = chaos.etcd.snapshot();
        chaos.change();
        chaos.pass(500, 3000);
        chaos.etcd.replaceData(snapshot);
        return () -> {};
      }),
  ETCD_WIPED(
      false,
      chaos -> {
        chaos.etcd.replaceData(null);
        return () -> {};
      }),
  LINK_DOWN(
      true,
      chaos -> {
        TestHost host = chaos.host();
        host.cut();
        return host::heal;
      }),
  ALL_LINKS_DOWN(
      true,
      chaos -> {
        chaos.hosts.forEach(TestHost::cut);
        return () -> chaos.hosts.forEach(TestHost::heal);
      }),
  REQUESTS_LOST(true, chaos -> deaf(chaos, TestHost.Loss.REQUESTS)),
  ANSWERS_LOST(true, chaos -> deaf(chaos, TestHost.Loss.ANSWERS)),
  DAEMON_FROZEN(
      true,
      chaos -> {
        TestHost host = chaos.host();
        host.freeze();
        return host::thaw;
      }),
  DAEMON_KILLED(
      true,
      chaos -> {
        chaos.host().killDaemon();
        return () -> {};
      }),
  POWER_FAILURE(
      true,
      chaos -> {
        TestHost host = chaos.host();
        host.powerOff();
        return () -> host.powerOn(true);
      }),
  ANOTHER_DISK(
      true,
      chaos -> {
        TestHost host = chaos.host();
        host.powerOff();
        host.powerOn(false);
        return () -> {
          host.powerOff();
          host.powerOn(true);
        };
      }),
  DISK_FULL(
      true,
      chaos -> {
        TestHost host = chaos.host();
        host.fillDisk();
        return host::emptyDisk;
      }),
  CONTAINERS_KILLED(
      true,
      chaos -> {
        chaos.byHand((docker, id) -> docker.killContainerCmd(id).exec());
        return () -> {};
      }),
  CONTAINERS_REMOVED(
      true,
      chaos -> {
        chaos.byHand((docker, id) -> docker.removeContainerCmd(id).withForce(true).exec());
        return () -> {};
      }),
  REGISTRY_DIES(true, Chaos::pullWhileTheRegistryDies);

  private final boolean leavesEtcd;

  @SuppressWarnings("ImmutableEnumChecker") // None of them holds anything that changes.
  private final Strike strike;

  /** Injects a fault, and returns its repair. */
  @FunctionalInterface
  private interface Strike {
    Runnable at(Chaos chaos);
  }

  ChaosFault(boolean leavesEtcd, Strike strike) {
    this.leavesEtcd = leavesEtcd;
    this.strike = strike;
  }

  ChaosFault(double leases) {
    this(
        true,
        chaos -> {
          AgentProcess leader = chaos.leader();
          leader.freeze();
          long until = System.nanoTime() + (long) (leases * Chaos.TTL * 1e9);
          return () -> {
            chaos.passUntil(until);
            leader.thaw();
          };
        });
  }

  /** Whether clients can still write to etcd. */
  boolean leavesEtcd() {
    return leavesEtcd;
  }

  /** Injects the fault, and returns its repair. */
  Runnable strike(Chaos chaos) {
    return strike.at(chaos);
  }

  private static Runnable deaf(Chaos chaos, TestHost.Loss loss) {
    TestHost host = chaos.host();
    host.deafen(loss);
    return () -> host.hear(loss);
  }
}
