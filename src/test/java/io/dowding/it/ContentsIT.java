package io.dowding.it;

import static io.dowding.it.TestCluster.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import io.dowding.Scheduler;
import io.dowding.cli.Ran;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Configs and secrets")
class ContentsIT {

  private static final String SECRET = "hunter2-" + System.nanoTime();

  /** Never in etcd without encryption. */
  private static final String HIDDEN = "correct-horse-" + System.nanoTime();

  private final TestCluster cluster = TestCluster.running(1);

  @AfterEach
  void clean() {
    cluster.close();
  }

  /** Returns the output of a command in the job's container. */
  private String says(String job, String... command) throws InterruptedException {
    TestCluster.Seen seen = cluster.container(job);
    var docker = seen.host().docker();
    String exec =
        docker.execCreateCmd(seen.id()).withCmd(command).withAttachStdout(true).exec().getId();
    StringBuilder said = new StringBuilder();
    docker
        .execStartCmd(exec)
        .exec(
            new ResultCallback.Adapter<Frame>() {
              @Override
              public void onNext(Frame frame) {
                said.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
              }
            })
        .awaitCompletion();
    return said.toString().strip();
  }

  @Test
  @DisplayName("are copied into the container before it starts, with their owners and modes")
  void copied() throws Exception {
    cluster.put("configs/site", "listen 80");
    cluster.put("secrets/key", SECRET);
    cluster.put(
        "services/web",
        "{\"image\":\"demo:1\",\"command\":[\"sh\",\"-c\",\"cat /site /run/secrets/key > /seen; serve\"],"
            + "\"configs\":[\"site\",{\"source\":\"own\",\"target\":\"/etc/deep/er\",\"mode\":\"0640\"}],"
            + "\"secrets\":[\"key\",{\"source\":\"key\",\"target\":\"two\",\"uid\":\"12\",\"gid\":\"34\",\"mode\":\"0400\"}],"
            + "\"x-dowding\":{\"configs\":{\"own\":{\"content\":\"mine\"}}}}");
    cluster.awaitRunning("web");
    assertThat(says("web.1", "cat", "/seen")).isEqualTo("listen 80" + SECRET);
    assertThat(says("web.1", "cat", "/etc/deep/er")).isEqualTo("mine");
    String list =
        says(
            "web.1",
            "sh",
            "-c",
            "busybox stat -c '%a %u %g' /site /etc/deep/er /run/secrets/key /run/secrets/two");
    assertThat(list.lines()).containsExactly("444 0 0", "640 0 0", "444 0 0", "400 12 34");
  }

  @Test
  @DisplayName("are written into a volume, in which the image's files stay")
  void intoVolume() throws Exception {
    cluster.put("configs/init", "one");
    cluster.put(
        "services/web",
        service(
            "\"volumes\":[\"/bin\"],\"configs\":[{\"source\":\"init\",\"target\":\"/bin/deep/init\"}]"));
    cluster.awaitRunning("web");
    assertThat(says("web.1", "cat", "/bin/deep/init")).isEqualTo("one");
  }

  @Test
  @DisplayName("need not be text")
  void binary() throws Exception {
    try (Scheduler scheduler =
        Scheduler.builder().etcd(Testbed.shared().etcdEndpoint()).baseKey(cluster.base()).build()) {
      scheduler.edit(
          edit -> {
            edit.putContent("configs/icon", new byte[] {0, (byte) 0xff, 0x0a, (byte) 0x80});
            edit.putService("web", service("\"configs\":[\"icon\"]"));
          });
    }
    cluster.awaitRunning("web");
    assertThat(says("web.1", "busybox", "od", "-An", "-tx1", "/icon")).isEqualTo("00 ff 0a 80");
  }

  @Test
  @DisplayName("replace their jobs only when they change, not when the agent restarts")
  void changed() throws Exception {
    cluster.put("services/web", service("\"configs\":[\"site\"]"));
    cluster.awaitState("web", "invalid");
    assertThat(cluster.status("web").path("message").asText())
        .startsWith("configs/site: not in etcd; put the content there");
    cluster.put("configs/site", "one");
    cluster.awaitRunning("web");
    assertThat(says("web.1", "cat", "/site")).isEqualTo("one");
    TestCluster.Seen first = cluster.container("web.1");
    cluster.put("configs/site", "one");
    cluster.stopAgent();
    cluster.delete("configs/site");
    cluster.startAgent();
    cluster.awaitState("web", "invalid");
    assertThat(cluster.container("web.1").id()).isEqualTo(first.id());
    cluster.put("configs/site", "two");
    cluster.awaitAnother("web.1", first);
    cluster.awaitRunning("web");
    assertThat(says("web.1", "cat", "/site")).isEqualTo("two");
  }

  /** Starts the agent with these keys only. */
  private void restartWith(String... names) throws IOException {
    List<String> keys = new ArrayList<>();
    for (String name : names) {
      keys.add("{name: %s, file: %s}".formatted(name, keyFile(name)));
    }
    cluster.stopAgent();
    String config = Files.readString(cluster.configFile()).replaceAll("encryption: .*\n", "");
    Files.writeString(cluster.configFile(), config + "encryption: {keys: " + keys + "}\n");
    cluster.startAgent();
  }

  private Path keyFile(String name) throws IOException {
    Path file = cluster.directory().resolve("key-" + name);
    if (Files.notExists(file)) {
      byte[] key = new byte[32];
      new SecureRandom().nextBytes(key);
      Files.writeString(file, Base64.getEncoder().encodeToString(key) + "\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    }
    return file;
  }

  private Ran secret(String... words) {
    List<String> all = new ArrayList<>(List.of("secret"));
    all.addAll(List.of(words));
    InputStream input = System.in;
    System.setIn(new ByteArrayInputStream(HIDDEN.getBytes(StandardCharsets.UTF_8)));
    try {
      return Ran.dowding(cluster.configFile(), all.toArray(String[]::new));
    } finally {
      System.setIn(input);
    }
  }

  /** Everything in etcd, and the file of a backup. */
  private List<String> stolen() throws IOException {
    Path file = cluster.directory().resolve("backup");
    Shell.run(
        "etcdctl",
        "--endpoints",
        Testbed.shared().etcdEndpoint(),
        "snapshot",
        "save",
        file.toString());
    return List.of(
        cluster.all("").toString(),
        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
  }

  private static Predicate<String> encryptedWith(String key) {
    return value -> value.contains("dowding:aesgcm:v1:" + key + ":");
  }

  @Test
  @DisplayName("are encrypted in etcd if there is a key for that; without it their jobs run on")
  void encrypted() throws Exception {
    restartWith("a");
    assertThat(secret("set", "key").output().strip()).isEqualTo("key: new, encrypted with a");
    cluster.put("services/web", service("\"secrets\":[\"key\"]"));
    cluster.awaitRunning("web");
    await().until(() -> cluster.value("versions/web"), encryptedWith("a"));
    assertThat(says("web.1", "cat", "/run/secrets/key")).isEqualTo(HIDDEN);
    String base64 = Base64.getEncoder().encodeToString(HIDDEN.getBytes(StandardCharsets.UTF_8));
    assertThat(stolen())
        .extracting(
            all -> all.contains("versions/web"),
            all -> all.contains(HIDDEN),
            all -> all.contains(base64))
        .containsOnly(tuple(true, false, false));
    TestCluster.Seen first = cluster.container("web.1");

    cluster.put("secrets/plain", "as it is");
    restartWith("b", "a");
    cluster.awaitRunning("web");
    assertThat(secret("list").output())
        .containsPattern("key +\\d+ B +encrypted with a +web")
        .containsPattern("plain +8 B +not encrypted");
    assertThat(Ran.dowding(cluster.configFile(), "doctor").output())
        .contains("To do: dowding secret rotate");
    assertThat(secret("rotate").output()).contains("of 3 values written with key b");
    assertThat(secret("rotate").output()).contains("0 of 3 values written with key b");
    assertThat(cluster.all("secrets/").values()).hasSize(2).allMatch(encryptedWith("b"));
    assertThat(cluster.value("versions/web")).matches(encryptedWith("b"));
    assertThat(secret("remove", "plain").status()).isZero();
    assertThat(secret("remove", "key").talk()).contains("key is used by web");

    restartWith();
    cluster.awaitState("web", "invalid");
    String why = "cannot be decrypted: there is no encryption key \"b\" in the configuration";
    assertThat(cluster.status("web").path("message").asText()).startsWith("secrets/key: " + why);
    for (String key : List.of("secrets/key", "versions/web")) {
      await()
          .until(
              () -> cluster.json("status/problems/" + key).path("problem").asText(), why::equals);
    }
    assertThat(secret("set", "key").talk()).contains("secrets/key: " + why);
    assertThat(cluster.value("versions/web")).matches(encryptedWith("b"));

    restartWith("b");
    cluster.awaitRunning("web");
    assertThat(cluster.container("web.1").id()).isEqualTo(first.id());
    assertThat(cluster.all("status/problems/")).isEmpty();
    try (Scheduler scheduler = cluster.config().scheduler()) {
      scheduler.edit(
          edit ->
              assertThat(edit.content("secrets/key"))
                  .hasValue(HIDDEN.getBytes(StandardCharsets.UTF_8)));
    }
    assertThat(TestLog.text()).contains("secrets/plain is not encrypted").doesNotContain(HIDDEN);
  }

  @Test
  @DisplayName("do not appear in labels, statuses or logs")
  void hidden() throws Exception {
    cluster.put("secrets/key", SECRET);
    cluster.put("services/web", service("\"secrets\":[\"key\"]"));
    cluster.put(
        "services/own",
        service(
            "\"secrets\":[\"key\"]",
            "\"x-dowding\":{\"secrets\":{\"key\":{\"content\":\"" + SECRET + "\"}}}"));
    cluster.put(
        "services/bad",
        service(
            "\"secrets\":[\"key\"]",
            "\"x-dowding\":{\"secrets\":{\"key\":{\"content\":[\"" + SECRET + "\"]}}}"));
    cluster.awaitRunning("web");
    cluster.awaitRunning("own");
    cluster.awaitState("bad", "invalid");
    TestCluster.Seen web = cluster.container("web.1");
    String inspected = new ObjectMapper().writeValueAsString(web.host().inspect(web.id()));
    assertThat(inspected).contains("secrets/key").doesNotContain(SECRET);
    assertThat(cluster.all("status/").toString()).contains("web.1").doesNotContain(SECRET);
    assertThat(cluster.all("allocations/").toString()).contains("web.1").doesNotContain(SECRET);
    assertThat(TestLog.text()).contains("web.1").doesNotContain(SECRET);
  }
}
