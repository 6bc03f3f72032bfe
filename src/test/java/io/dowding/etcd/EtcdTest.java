package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EtcdTest {

  @Test
  @DisplayName("of what gRPC says at length the cause is told, on one line")
  void words() {
    assertThat(
            Etcd.words(
                "DEADLINE_EXCEEDED: after 4.7s. [closed=[], open=[[Last Pick Failure="
                    + "Status{code=UNAVAILABLE, description=ssl exception, cause="
                    + "io.netty.handler.codec.DecoderException: javax.net.ssl.SSLHandshakeException:"
                    + " (bad_certificate) Received fatal alert: bad_certificate\n"
                    + "\tat io.netty.handler.codec.ByteToMessageDecoder.callDecode"))
        .isEqualTo("(bad_certificate) Received fatal alert: bad_certificate");
    assertThat(Etcd.words("UNAUTHENTICATED")).isEqualTo("UNAUTHENTICATED");
  }
}
