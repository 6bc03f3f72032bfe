package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.Host;
import io.dowding.model.Port;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The addresses of published ports")
class AddressesTest {

  private static final Host HOST = new Host("a", "tcp://10.0.0.1:2375", Set.of(), Map.of());

  private static Port tcp(int published, int target) {
    return new Port("", published, target, "tcp");
  }

  private static List<String> of(Port... ports) {
    return Addresses.of(HOST, List.of(ports));
  }

  @Test
  @DisplayName("are the host's, unless a port is bound to another; each appears once")
  void single() {
    assertThat(
            of(
                new Port("127.0.0.1", 8443, 443, "tcp"),
                new Port("0.0.0.0", 8080, 80, "tcp"),
                new Port("::", 8080, 80, "tcp"),
                new Port("", 53, 53, "udp")))
        .containsExactly("10.0.0.1:53->53/udp", "10.0.0.1:8080->80/tcp", "127.0.0.1:8443->443/tcp");
  }

  @Test
  @DisplayName("of consecutive ports are one range, as in Docker")
  void ranges() {
    assertThat(of(tcp(8002, 82), tcp(8000, 80), tcp(8001, 81)))
        .containsExactly("10.0.0.1:8000-8002->80-82/tcp");
    assertThat(of(tcp(8000, 80), tcp(8001, 82), tcp(8003, 83)))
        .containsExactly("10.0.0.1:8000->80/tcp", "10.0.0.1:8001->82/tcp", "10.0.0.1:8003->83/tcp");
    assertThat(of(tcp(53, 53), new Port("", 53, 53, "udp"), tcp(54, 54)))
        .containsExactly("10.0.0.1:53-54->53-54/tcp", "10.0.0.1:53->53/udp");
  }

  @Test
  @DisplayName("of all ports are one range; of many separate ports, 1,000 are listed")
  void many() {
    Port[] all = IntStream.rangeClosed(1, 65_535).mapToObj(n -> tcp(n, n)).toArray(Port[]::new);
    assertThat(of(all)).containsExactly("10.0.0.1:1-65535->1-65535/tcp");
    Port[] odd =
        IntStream.rangeClosed(1, 3000).mapToObj(n -> tcp(65_000 - n, n)).toArray(Port[]::new);
    assertThat(of(odd)).hasSize(1001).endsWith("and 2000 more");
  }
}
