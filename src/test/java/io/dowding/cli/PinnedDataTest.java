package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.PinnedData;
import io.dowding.model.Pin;
import io.dowding.sim.FakeEtcd;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@DisplayName("Data of jobs")
class PinnedDataTest {

  @TempDir Path directory;

  private final EtcdKeys keys =
      new EtcdKeys(new FakeEtcd(() -> Instant.EPOCH).client(), "/schedule");
  private final PinnedData data = new PinnedData(keys);

  @BeforeEach
  void database() {
    keys.put(
        "services/db",
        """
        {"image":"postgres:17","deploy":{"replicas":1},
         "volumes":[{"type":"volume","source":"data","target":"/data"}]}""");
    keys.put("allocations/db.1", "{\"host\":\"host1\",\"incarnation\":4}");
  }

  @Test
  @DisplayName("is where the job is recorded, if no pin says where")
  void recorded() {
    assertThat(data.hosts("db")).containsOnly(Map.entry("db.1", "host1"));
    keys.put("pins/db.1", "host2 # data: host3");
    assertThat(data.hosts("db.1")).containsOnly(Map.entry("db.1", "host3"));
  }

  @Test
  @DisplayName("is not left behind by a pin to another job, unless that is forced")
  void pinTo() {
    keys.put("services/app", "{\"image\":\"app:1\"}");
    keys.put("allocations/app.2", "{\"host\":\"host1\"}");
    keys.put("allocations/app.10", "{\"host\":\"host2\"}");
    assertThat(data.place("app")).isEqualTo("host1");
    assertThat(leftBehind("app", false)).isEmpty();

    assertThatThrownBy(() -> leftBehind("app.10", false))
        .hasMessageContaining(
            "the data of db.1 is on host1 and stays there; next to app.10 it would start with an"
                + " empty volume");
    assertThat(leftBehind("app.10", true)).hasSize(1);
    data.write("db.1", new Pin.ToJob("app"));
    assertThat(keys.get("pins/db.1").orElseThrow().text()).isEqualTo("job:app # data: host1");
  }

  private List<String> leftBehind(String target, boolean force) {
    return PinCommand.leftBehind(data, "db", new Pin.ToJob(target), "next to " + target, force);
  }

  @Test
  @DisplayName("is not lost by declaring a host gone that is up, unless that is forced")
  void gone() throws Exception {
    keys.put("pins/db.1", new Pin.ToHost("host1", true).text());
    keys.put("status/hosts/host1", "{\"state\":\"up\"}");
    assertThatThrownBy(() -> gone("host1"))
        .hasMessageContaining("db.1")
        .hasMessageContaining("drain");
    assertThat(keys.get("hosts/host1")).isEmpty();

    assertThat(gone("host1", "--force")).isZero();
    assertThat(keys.get("hosts/host1")).isPresent();
    keys.put("status/hosts/host2", "{\"state\":\"down\"}");
    assertThat(gone("host2")).isZero();
  }

  private int gone(String... arguments) throws Exception {
    Path config = Files.writeString(directory.resolve("dowding.yaml"), "inventory: {etcd: true}\n");
    HostWordCommand command = new HostWordCommand.Gone();
    PrintWriter nowhere = new PrintWriter(new StringWriter());
    CommandLine line = new CommandLine(command).setOut(nowhere).setErr(nowhere);
    line.parseArgs(
        Stream.concat(Arrays.stream(arguments), Stream.of("--config=" + config))
            .toArray(String[]::new));
    return command.run(keys);
  }
}
