package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ClientBuilder;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The etcd client")
class EtcdTest {

  /** {@code --grpc-keepalive-min-time}; faster pings are answered with too_many_pings. */
  private static final Duration LEAST = Duration.ofSeconds(5);

  @Test
  @DisplayName("pings no more often than etcd allows, and no idle connections")
  void pings() {
    ClientBuilder builder = Etcd.builder(EtcdSettings.at("http://127.0.0.1:2379"));
    assertThat(builder.keepaliveTime()).isGreaterThan(LEAST);
    assertThat(builder.keepaliveWithoutCalls()).isFalse();
  }
}
