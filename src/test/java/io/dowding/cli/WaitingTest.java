package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.etcd.EtcdException;
import io.dowding.etcd.EtcdKeys;
import io.dowding.model.Names;
import io.dowding.sim.FakeEtcd;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

@DisplayName("A wait")
class WaitingTest {

  private final EtcdKeys keys =
      new EtcdKeys(new FakeEtcd(() -> Instant.EPOCH).client(), "/schedule");
  private final StringWriter said = new StringWriter();
  private final Output talk = new Output(new PrintWriter(said), Terminal.NONE);

  private int await(String... services) throws Exception {
    return new Waiting(keys, talk, false, command -> talk.line("next: " + command))
        .forAll(List.of(services), Duration.ZERO);
  }

  @Test
  @DisplayName("for a service that is gone is over at once")
  void gone() throws Exception {
    assertThat(await("web")).isZero();
  }

  @Test
  @DisplayName("for a removal that is held ends with how to release it")
  void held() throws Exception {
    keys.put("status/services/web", "{\"state\":\"running\"}");
    assertThat(await("web")).isEqualTo(3);

    keys.put("status/holds/deletions", "{\"held\":\"api, web\",\"why\":\"many\"}");
    assertThat(await("web")).isEqualTo(1);
    assertThat(said.toString()).contains("web failed: held: dowding release deletions");
  }

  @Test
  @DisplayName("names only those that are not good when the time is over")
  void open() throws Exception {
    keys.put("services/api", "{}");
    keys.put("services/web", "{}");
    assertThat(await("gone", "api", "web")).isEqualTo(3);
    assertThat(said.toString().lines()).last().isEqualTo("next: wait api web");
  }

  @Test
  @DisplayName("says so if no agent is running")
  void noAgent() throws Exception {
    keys.put("services/web", "{}");
    assertThat(await("web")).isEqualTo(3);
    assertThat(said.toString())
        .contains("no agent is running now, so nothing changes until one is started")
        .contains("no agent is running; the rollout continues once one is started");
  }

  @Test
  @DisplayName("does not mention agents while one is running")
  void agent() throws Exception {
    keys.put("leader/1", "{\"name\":\"one\"}");
    keys.put("services/web", "{}");
    assertThat(await("web")).isEqualTo(3);
    assertThat(said.toString())
        .contains("the rollout continues")
        .doesNotContain("no agent is running");
  }

  @Test
  @DisplayName("goes on while etcd does not answer, and says so once")
  void away() throws Exception {
    Iterator<Boolean> answers = List.of(false, false, true).iterator();
    Patience patience = new Patience(talk);
    Patience.Look<String> look =
        () -> {
          if (answers.next()) {
            return "seen";
          }
          throw new EtcdException("no answer");
        };
    assertThat(patience.look(look)).isNull();
    assertThat(patience.look(look)).isNull();
    assertThat(patience.look(look)).isEqualTo("seen");
    assertThat(said.toString().lines()).containsExactly("etcd does not answer now; trying again");
  }

  @Test
  @DisplayName("is wanted with a timeout, too")
  void timeout() {
    WaitOptions options = CommandLine.populateCommand(new WaitOptions(), "--timeout=3s");
    assertThat(options.wanted()).isTrue();
    assertThat(options.limit()).isEqualTo(Duration.ofSeconds(3));
    assertThat(CommandLine.populateCommand(new WaitOptions()).wanted()).isFalse();
  }

  @Test
  @DisplayName("and every other command names the configuration it was given for the next one")
  void next() {
    WaitCommand command = new WaitCommand();
    CommandLine line = new CommandLine(command).setErr(new PrintWriter(said));
    line.parseArgs("--config=my.yaml");
    command.next("ps host1", "activate host1");
    assertThat(said.toString().strip())
        .isEqualTo(
            "next: dowding ps host1 --config my.yaml    or    dowding activate host1 --config"
                + " my.yaml");
    assertThat(CompletionCommand.config(List.of("logs", "--config=my.yaml", "")))
        .isEqualTo(Path.of("my.yaml"));
    assertThat(CompletionCommand.config(List.of("logs", "--config", "=", "my.yaml", "")))
        .isEqualTo(Path.of("my.yaml"));
    assertThat(CompletionCommand.config(List.of("logs", ""))).isNull();
  }

  @Test
  @DisplayName("is completed only with names that a shell can take as they are")
  void names() {
    assertThat(Completion.only(Arrays.asList("web", "$(rm)", "a b"), Names::isService))
        .containsExactly("web");
  }

  @Test
  @DisplayName("shows services by project, those of none first")
  void projects() throws Exception {
    Table table =
        StatusTable.of(
            DowdingCommand.read("{}"),
            Map.of(
                "b-web", DowdingCommand.read("{\"image\":\"x\",\"x-dowding\":{\"project\":\"b\"}}"),
                "a-web", DowdingCommand.read("{\"image\":\"x\",\"x-dowding\":{\"project\":\"a\"}}"),
                "own", DowdingCommand.read("{\"image\":\"x\"}")),
            Instant.EPOCH);
    new Output(new PrintWriter(said), Terminal.NONE).table(table);
    assertThat(said.toString().lines().map(line -> line.replaceFirst("  .*", "")))
        .containsExactly("NAME", "own", "project a", "a-web", "project b", "b-web");
  }

  @Test
  @DisplayName("shows services that no agent has seen")
  void unseen() throws Exception {
    Table table =
        StatusTable.of(
            DowdingCommand.read("{}"),
            Map.of("web", DowdingCommand.read("{\"image\":\"web:1\"}")),
            Instant.EPOCH);
    new Output(new PrintWriter(said), Terminal.NONE).table(table);
    assertThat(said.toString()).contains("unknown", "web:1; no agent has seen it yet");
  }
}
