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
  @DisplayName("an etcd without a cipher suite in common is to be given others")
  void ciphers() {
    assertThat(
            EtcdProblem.words(
                "SSLHandshakeException: Received fatal alert: handshake_failure",
                EtcdSettings.at("https://etcd1:2379")))
        .startsWith("etcd offers no cipher suite that this machine accepts: ");
  }

  @Test
  @DisplayName("pings no more often than etcd allows, and no idle connections")
  void pings() {
    ClientBuilder builder =
        EtcdClients.builder(EtcdSettings.at("http://127.0.0.1:2379"), Duration.ofSeconds(5));
    assertThat(builder.keepaliveTime()).isGreaterThan(LEAST);
    assertThat(builder.keepaliveWithoutCalls()).isFalse();
  }

  @Test
  @DisplayName("says why it has no connection, without gRPC's words around it")
  void words() {
    String late =
        "DEADLINE_EXCEEDED: … [closed=[], open=[[Last Pick Failure=Status{code=UNAVAILABLE, ";
    assertThat(
            EtcdAnswers.words(
                late + "description=io exception, cause=a.b.CException: refused\n\tat x"))
        .isEqualTo("refused");
    assertThat(EtcdAnswers.words(late + "description=Network closed, cause=null}, was_waiting]]"))
        .isEqualTo("Network closed");
    assertThat(EtcdAnswers.words(late + "description=Connection closed\nChannel Pipeline: [x]"))
        .isEqualTo("Connection closed");
    assertThat(EtcdAnswers.words("UNAUTHENTICATED: etcdserver: invalid auth token"))
        .isEqualTo("UNAUTHENTICATED: etcdserver: invalid auth token");
  }
}
