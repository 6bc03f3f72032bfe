package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.etcd.EtcdHealth;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("dowding doctor")
class CheckupTest {

  private static final long MEGABYTE = 1L << 20;

  private final Diagnosis diagnosis = new Diagnosis();

  private Diagnosis.Finding etcd(long bytes, boolean hasLeader, int millis, String... alarms) {
    Checkup.etcd(
        new EtcdHealth.Member(
            "http://etcd1:2379",
            "3.5.16",
            bytes,
            bytes,
            hasLeader,
            List.of(alarms),
            Duration.ofMillis(millis),
            ""),
        Path.of("dowding.yaml"),
        diagnosis);
    return diagnosis.findings().getLast();
  }

  private Diagnosis.Finding host(Duration skew, boolean plain) {
    Checkup.host("host host1", new Checkup.Seen("28.1", skew, 5 * MEGABYTE), "", plain, diagnosis);
    return diagnosis.findings().getLast();
  }

  @Test
  @DisplayName("finds nothing wrong with an etcd and a host that are well")
  void well() {
    etcd(MEGABYTE, true, 2);
    host(Duration.ofMillis(-4900), false);
    assertThat(diagnosis.isFine()).isTrue();
  }

  @Test
  @DisplayName("says what to do about a clock that is wrong, in either direction")
  void clock() {
    assertThat(host(Duration.ofMillis(5001), false).found()).contains("clock +5001 ms");
    assertThat(host(Duration.ofHours(-1), true))
        .isEqualTo(
            new Diagnosis.Finding(
                "host host1",
                "Docker 28.1, clock -3600000 ms, images and volumes 5.0 MiB",
                "synchronize its clock, or this machine's"));
  }

  @Test
  @DisplayName("says what to do about an etcd that is full, or soon will be")
  void full() {
    assertThat(etcd(2048 * MEGABYTE, true, 2, "NOSPACE"))
        .isEqualTo(
            new Diagnosis.Finding(
                "etcd http://etcd1:2379",
                "version 3.5.16, 2.0 GiB of keys, answers in 2 ms, alarm NOSPACE",
                "etcdctl compact and defrag, then etcdctl alarm disarm"));
    assertThat(etcd(1501 * MEGABYTE, true, 2).todo())
        .isEqualTo("etcdctl compact and defrag, or raise its quota");
  }

  @Test
  @DisplayName("says what to do about an etcd that is slow or has no leader")
  void slow() {
    assertThat(etcd(MEGABYTE, true, 101).todo()).contains("a faster disk");
    assertThat(etcd(MEGABYTE, false, 2).todo()).isEqualTo("start the other members");
  }
}
