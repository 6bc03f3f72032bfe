package io.dowding.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.control.Condition;
import io.dowding.control.Condition.Part;
import io.dowding.control.Health;
import io.dowding.control.SteadyClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class UnixDatagramsTest {

  @TempDir private Path directory;

  @Test
  @DisplayName("a message arrives at a socket with a path, whole and once")
  void path() throws IOException {
    String path = directory.resolve("notify").toString();
    try (Receiver receiver = new Receiver(path)) {
      UnixDatagrams socket = new UnixDatagrams(path);
      socket.send("READY=1\nSTATUS=läuft");
      socket.send("WATCHDOG=1");
      assertThat(receiver.next()).isEqualTo("READY=1\nSTATUS=läuft");
      assertThat(receiver.next()).isEqualTo("WATCHDOG=1");
    }
  }

  @Test
  @DisplayName("a name with @ is in the abstract namespace")
  void abstractName() throws IOException {
    String name = "@dowding-" + UUID.randomUUID();
    try (Receiver receiver = new Receiver(name)) {
      new UnixDatagrams(name).send("READY=1");
      assertThat(receiver.next()).isEqualTo("READY=1");
    }
  }

  @Test
  @DisplayName("a message that nothing receives is an error, not a wait")
  void nothingListens() {
    UnixDatagrams socket = new UnixDatagrams(directory.resolve("absent").toString());
    assertThatThrownBy(() -> socket.send("READY=1"))
        .isInstanceOf(IOException.class)
        .hasMessage("sendto failed with errno 2");
  }

  @ParameterizedTest
  @DisplayName("what is not the path of a socket is refused")
  @ValueSource(
      strings = {
        "notify",
        "vsock:2:1",
        "/123456789/123456789/123456789/123456789/123456789"
            + "/123456789/123456789/123456789/123456789/123456789/12345678"
      })
  void refused(String path) {
    assertThatThrownBy(() -> new UnixDatagrams(path))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(path + " is not the path of a socket");
  }

  @Test
  @DisplayName("an agent under systemd reports its state, its readiness and its end")
  void reports() {
    String path = directory.resolve("notify").toString();
    Health health = new Health(new SteadyClock());
    try (Receiver systemd = new Receiver(path)) {
      Systemd reports =
          Systemd.report(Map.of("NOTIFY_SOCKET", path, "WATCHDOG_USEC", "30000000"), health);
      assertThat(systemd.next()).isEqualTo("STATUS=starting\nEXTEND_TIMEOUT_USEC=60000000");
      health.set(new Condition(Part.FOLLOWS, "", null));
      assertThat(systemd.next())
          .isEqualTo("READY=1\nSTATUS=following: ready to take over\nWATCHDOG=1");
      reports.reload();
      assertThat(systemd.next()).isEqualTo("RELOADING=1");
      reports.follow(health, "");
      assertThat(systemd.next()).isEqualTo("READY=1");
      reports.stop();
      assertThat(systemd.next()).startsWith("STOPPING=1\n");
    }
  }

  @Test
  @DisplayName("without systemd nothing is reported")
  void without() {
    Systemd none = Systemd.report(Map.of(), new Health(new SteadyClock()));
    none.reload();
    none.stop();
  }
}
