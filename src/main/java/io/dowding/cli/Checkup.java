package io.dowding.cli;

import io.dowding.docker.HostEngine;
import io.dowding.etcd.EtcdHealth;
import java.nio.file.Path;
import java.time.Duration;

/** What is wrong with a member of etcd, or with a host, that answers. */
final class Checkup {

  private static final Duration SLOW = Duration.ofMillis(100);
  private static final Duration SKEW = Duration.ofSeconds(5);

  /** etcd refuses writes at 2 GiB by default. */
  private static final long LARGE = 1500L << 20;

  private Checkup() {}

  /**
   * What an engine says.
   *
   * @param skew how far its clock is ahead of this machine's
   * @param bytes of its images and volumes
   */
  record Seen(String version, Duration skew, long bytes) {
    static Seen of(HostEngine engine) {
      HostEngine.Disk disk = engine.disk();
      return new Seen(engine.version(), engine.clockSkew(), disk.images() + disk.volumes());
    }
  }

  /**
   * @param configuration the file that names the endpoint
   */
  static void etcd(EtcdHealth.Member member, Path configuration, Diagnosis diagnosis) {
    String what = "etcd " + member.endpoint();
    String found =
        "version %s, %s of keys, answers in %d ms"
            .formatted(member.version(), Sizes.of(member.dbBytes()), member.latency().toMillis());
    if (!member.problem().isEmpty()) {
      diagnosis.problem(what, member.problem(), "start it, or correct etcd: in " + configuration);
    } else if (!member.alarms().isEmpty()) {
      diagnosis.problem(
          what,
          found + ", alarm " + String.join(", ", member.alarms()),
          "etcdctl compact and defrag, then etcdctl alarm disarm");
    } else if (!member.hasLeader()) {
      diagnosis.problem(what, found + ", without a leader", "start the other members");
    } else if (member.dbBytes() > LARGE) {
      diagnosis.problem(what, found, "etcdctl compact and defrag, or raise its quota");
    } else if (member.latency().compareTo(SLOW) > 0) {
      diagnosis.problem(what, found, "give it a faster disk, or a shorter way");
    } else {
      diagnosis.ok(what, found);
    }
  }

  /**
   * @param by whose ssh was used, or empty
   * @param plain whether it has no encryption and that is not intended
   */
  static void host(String what, Seen seen, String by, boolean plain, Diagnosis diagnosis) {
    String found =
        "Docker %s, clock %+d ms, images and volumes %s%s"
            .formatted(seen.version(), seen.skew().toMillis(), Sizes.of(seen.bytes()), by);
    if (seen.skew().abs().compareTo(SKEW) > 0) {
      diagnosis.problem(what, found, "synchronize its clock, or this machine's");
    } else if (plain) {
      diagnosis.problem(
          what,
          found + ", without encryption",
          "run dowding tls init, or set insecure: true where this is intended");
    } else {
      diagnosis.ok(what, found);
    }
  }
}
