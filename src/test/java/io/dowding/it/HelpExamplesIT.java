package io.dowding.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.cli.HelpExamples;
import io.dowding.cli.Ran;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The examples in --help")
class HelpExamplesIT {

  /** An order in which each one works. */
  private static final List<String> IN_ORDER =
      List.of(
          "dowding check -f compose.yaml",
          "dowding service add web web.json --wait",
          "dowding scale web=3 api=2 --wait",
          "dowding wait web api --timeout 90s",
          "dowding service list",
          "dowding service list --json",
          "dowding service show web",
          "dowding image web nginx:1.30 --wait",
          "dowding rollback web --list",
          "dowding rollback web --wait",
          "dowding restart web --wait",
          "dowding follow web 15m",
          "dowding follow web off",
          "dowding exec -it web.1 -- sh",
          "dowding ps host2 --all",
          "dowding hosts --disk",
          "dowding explain web.1",
          "dowding find web.1",
          "dowding plan web",
          "dowding plan --without host3",
          "dowding plan --put web.json",
          "dowding doctor",
          "dowding pin web.1 host2 --wait",
          "dowding unpin web.1",
          "dowding pin-to app db --wait",
          "dowding pinned db",
          "dowding allocate auth.1",
          "dowding least-busy --json",
          "dowding drain host3 --wait",
          "dowding activate host3",
          "dowding pause host3",
          "dowding rebalance --dry-run",
          "dowding rebalance --wait",
          "dowding up -f compose.yaml -p shop --wait",
          "dowding down -p shop --wait",
          "dowding service remove web --wait",
          "head -c 24 /dev/urandom | base64 | dowding secret set db_password",
          "dowding secret list",
          "dowding secret list --json",
          "dowding secret remove db_password",
          "dowding man",
          "source <(dowding completion)");

  /** These go on until they are interrupted. */
  private static final List<String> ENDLESS =
      List.of(
          "dowding status web --watch",
          "dowding top --watch",
          "dowding logs web -f --tail 20",
          "dowding events web --follow");

  /** Nothing is held, the host is up, and there is no key to encrypt with: they say so. */
  private static final List<String> REFUSED =
      List.of("dowding release deletions", "dowding gone host3 --wait", "dowding secret rotate");

  /** The agent of this test runs by it. */
  private static final String AGENT = "dowding agent --config /etc/dowding/dowding.yaml";

  /** It changes this machine; DebianPackageIT runs it on another one. */
  private static final List<String> INIT =
      List.of(
          "dowding init root@10.0.0.11 root@10.0.0.12 admin@10.0.0.13",
          "dowding init --etcd http://10.0.0.1:2379 --yes root@10.0.0.14");

  /** They write keys and certificates; TlsInitIT runs them. */
  private static final List<String> TLS =
      List.of("dowding tls init", "dowding tls init --directory tls --days 90");

  private static final List<String> WITHOUT_CONFIG = List.of("man", "completion");

  private static final Duration LONG_ENOUGH = Duration.ofSeconds(4);

  @Test
  @DisplayName("are all run here")
  void all() {
    Set<String> run = new HashSet<>(IN_ORDER);
    run.addAll(ENDLESS);
    run.addAll(REFUSED);
    run.addAll(TLS);
    run.add(AGENT);
    run.addAll(INIT);
    List<String> examples = HelpExamples.all();
    assertThat(examples).isNotEmpty();
    assertThat(new HashSet<>(examples)).isEqualTo(run);
  }

  @Test
  @DisplayName("work")
  void work() throws Exception {
    InputStream input = System.in;
    // The shell ends at the end of its input; that of this process never ends.
    System.setIn(InputStream.nullInputStream());
    try (TestCluster cluster = TestCluster.running(3)) {
      Path files = Files.createDirectory(cluster.directory().resolve("examples"));
      Files.writeString(files.resolve("web.json"), TestCluster.service());
      Files.writeString(
          files.resolve("compose.yaml"), "services: {one: {image: demo:1, command: [serve]}}");
      for (String service : List.of("api", "app", "db")) {
        cluster.put("services/" + service, TestCluster.service());
      }
      cluster.put("pins/db", "host1");
      for (String example : IN_ORDER) {
        String[] words = words(example, files);
        if (example.contains(" | ")) {
          System.setIn(new ByteArrayInputStream(new byte[] {'x'}));
        }
        Ran ran =
            WITHOUT_CONFIG.contains(words[0])
                ? Ran.dowding(words)
                : Ran.dowding(cluster.configFile(), words);
        boolean changes = example.startsWith("dowding plan") && ran.status() == 2;
        // It finds that these hosts have no encryption.
        boolean finds = example.equals("dowding doctor") && ran.status() == 1;
        assertThat(changes || finds || ran.status() == 0).as("%s: %s", example, ran).isTrue();
        if (example.contains(" service add ")) {
          endless(cluster, files);
        }
      }
      for (String example : REFUSED) {
        Ran ran = Ran.dowding(cluster.configFile(), words(example, files));
        assertThat(ran.status()).as("%s: %s", example, ran).isEqualTo(1);
        assertThat(ran.talk()).contains("dowding: ");
      }
    } finally {
      System.setIn(input);
    }
  }

  private static void endless(TestCluster cluster, Path files) throws InterruptedException {
    for (String example : ENDLESS) {
      AtomicReference<@Nullable Ran> ended = new AtomicReference<>();
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .start(() -> ended.set(Ran.dowding(cluster.configFile(), words(example, files))));
      thread.join(LONG_ENOUGH);
      assertThat(ended.get()).as(example).isNull();
      thread.interrupt();
    }
  }

  private static String[] words(String example, Path files) {
    List<String> words = new ArrayList<>();
    for (String word : example.replaceAll(".*dowding |[()]", "").split(" ", -1)) {
      words.add(
          word.matches("web\\.json|compose\\.yaml")
              ? files.resolve(word).toString()
              : word.replace("nginx:1.30", "docker.io/library/demo:1"));
    }
    return words.toArray(String[]::new);
  }
}
