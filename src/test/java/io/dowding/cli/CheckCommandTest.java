package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@DisplayName("dowding check")
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CheckCommandTest {

  private static final String GOOD = "{\"image\":\"demo\"}";

  @TempDir private Path directory = Path.of("");
  private int status;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private String check(Object... arguments) {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(new CheckCommand()).setOut(new PrintWriter(out));
    status = line.execute(Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    return out.toString();
  }

  @Test
  @DisplayName("reports unreadable files, does not hang, and checks the others")
  void noFiles() throws IOException, InterruptedException {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path missing = directory.resolve("missing");
    Path good = file("good.json", GOOD);

    String said = check(pipe, "/dev/zero", directory, missing, good);

    assertThat(status).isEqualTo(1);
    assertThat(said)
        .contains(pipe + ": cannot be read: it is not a regular file")
        .contains("/dev/zero: cannot be read: it is not a regular file")
        .contains(directory + ": cannot be read: it is not a regular file")
        .contains(missing + ": cannot be read: there is no such file")
        .contains(good + ": ok");
  }

  @Test
  @DisplayName("prints an object for each file on a line of its own with --json")
  void json() throws IOException {
    Path bad = file("bad.yaml", "services: {web: {image: demo, prots: []}}");
    Path good = file("good.yaml", "services: {web: {image: demo, build: .}}");

    List<JsonNode> lines = new ArrayList<>();
    for (String line : check("--json", bad, good).lines().toList()) {
      lines.add(DowdingCommand.read(line));
    }

    assertThat(status).isEqualTo(1);
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).path("file").asText()).isEqualTo(bad.toString());
    assertThat(lines.get(0).path("ok").asBoolean(true)).isFalse();
    assertThat(lines.get(0).path("problems").path(0).asText()).startsWith(bad + ":1:31: ");
    assertThat(lines.get(1).path("ok").asBoolean()).isTrue();
    assertThat(lines.get(1).path("problems")).isEmpty();
    assertThat(lines.get(1).path("notes").path(0).asText()).contains("build is not used");
  }

  @Test
  @DisplayName("checks files also for users who may not read the certificates for etcd")
  void certificates() throws IOException {
    Path config =
        file("dowding.yaml", "etcd: {endpoints: \"https://127.0.0.1:1\", ca: /missing/ca.pem}");
    Path good = file("good.json", GOOD);
    assertThat(check("--config", config, good)).contains(good + ": ok");
    assertThat(status).isZero();
  }

  @Test
  @DisplayName("says what the policy of the configuration does not allow")
  void policy() throws IOException {
    Path config =
        file(
            "dowding.yaml",
            """
            etcd: {endpoints: "127.0.0.1:1"}
            policy: {allow: [{services: shop-web, binds: [/srv/web]}]}
            """);
    Path compose =
        file(
            "compose.yaml",
            """
            name: shop
            services:
              web: {image: demo, volumes: ["/srv/web:/d"]}
              db: {image: demo, volumes: ["/srv/db:/d"]}
            """);
    assertThat(check("--config", config, compose))
        .contains(
            "services.db: the bind of /srv/db needs policy.allow: {services: shop-db, binds:"
                + " [/srv/db]}")
        .doesNotContain("services.web");
    assertThat(status).isEqualTo(1);
  }

  @Test
  @DisplayName("survives aliases that exceed memory or never end")
  void aliases() throws IOException {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int n = 1; n < 9; n++) {
      String item = "*a" + (n - 1);
      bomb.append(
          "a%d: &a%d [%s]\n"
              .formatted(n, n, String.join(", ", Stream.generate(() -> item).limit(9).toList())));
    }
    Path file = file("bomb.yaml", bomb + "services: {web: {image: demo, x-a: *a8}}\n");
    Path loop = file("loop.yaml", "services: &s\n  web:\n    image: demo\n    x-a: *s\n");
    Path deep = file("deep.yaml", "services: " + "[".repeat(100_000));
    Path good = file("good.json", GOOD);

    String said = check(file, loop, deep, good);

    assertThat(said).contains(good + ": ok").doesNotContain("bomb.yaml: ok", "loop.yaml: ok");
    assertThat(said).contains(file + ":1:").contains(loop + ":4:").contains(deep + ":1:");
  }

  @Test
  @DisplayName("names every file whose content would be sent to etcd")
  void contents() throws IOException {
    List<Path> sent =
        List.of(file("password", "hunter2"), file("env", "A=1"), file("labels", "b=2"));
    Path compose =
        file(
            "compose.yaml",
            """
            services: {web: {image: demo, secrets: [key], env_file: env, label_file: labels}}
            secrets: {key: {file: ./password}}
            """);
    assertThat(sent)
        .allSatisfy(
            file ->
                assertThat(check(compose))
                    .contains("the content of " + file.toAbsolutePath() + " goes to etcd"));
    assertThat(check(compose)).contains("compose.yaml: ok").doesNotContain("hunter2");
  }

  @Test
  @DisplayName("names the first hundred such files, and counts the rest")
  void manyContents() throws IOException {
    Path some = Files.createDirectory(directory.resolve("some"));
    String names = IntStream.range(0, 120).mapToObj(n -> "s" + n).collect(Collectors.joining(", "));
    for (String name : names.split(", ", -1)) {
      Files.writeString(some.resolve(name), "x");
    }
    Path compose =
        file(
            "compose.yaml",
            "services: {web: {image: demo, secrets: [%s]}}\nsecrets: {%s}\n"
                .formatted(names, names.replaceAll("s\\d+", "$0: {file: some/$0}")));
    assertThat(check(compose).lines().filter(line -> line.endsWith("goes to etcd"))).hasSize(100);
    assertThat(check(compose)).contains("note: and 20 more", "compose.yaml: ok");
  }

  @Test
  @DisplayName("reads contents outside the file's directory only if allowed")
  void outside() throws IOException {
    Files.createDirectories(directory.resolve("project"));
    Path link = directory.resolve("project").resolve("link");
    file("password", "hunter2");
    Files.createSymbolicLink(link, directory.resolve("password"));
    for (String path : new String[] {"../password", "./link"}) {
      Path compose =
          file(
              "project/compose.yaml",
              "services: {web: {image: demo, secrets: [key]}}\nsecrets: {key: {file: "
                  + path
                  + "}}\n");
      assertThat(check(compose))
          .contains("--allow-outside sends its content to etcd")
          .doesNotContain("goes to etcd\n/");
      assertThat(status).isEqualTo(1);
      assertThat(check("--allow-outside", compose)).contains("compose.yaml: ok");
      assertThat(status).isZero();
    }
  }

  @Test
  @DisplayName("says which names do not resolve across hosts, and what to do instead")
  void unresolved() throws IOException {
    Path compose =
        file(
            "compose.yaml",
            """
            name: shop
            services:
              db: {image: demo}
              log: {image: demo, networks: [other]}
              web: {image: demo, x-dowding: {together: false}}
              agent: {image: demo, deploy: {mode: global}}
            networks: {other: {}}
            """);
    assertThat(check(compose))
        .contains(
            "note: web: not placed on one host with the others, because x-dowding.together is"
                + " false; from other hosts these names do not resolve: agent, db, web; publish a"
                + " port instead, and use its host's address, shown in the status",
            "note: agent: not placed on one host with the others, because it is global;")
        .doesNotContain("log");
    assertThat(status).isZero();
  }

  @Test
  @DisplayName("says which services are pinned apart from others that they need by name")
  void pinnedApart() throws IOException {
    Path compose =
        file(
            "compose.yaml",
            """
            services:
              cache: {image: demo}
              db: {image: demo, x-dowding: {pin: host1}}
              web: {image: demo, x-dowding: {pin: host2}}
            networks: {default: {name: a-name-of-its-own}}
            """);
    assertThat(check(compose))
        .contains(
            "note: pinned are db to host1 and web to host2: their names do not resolve from one"
                + " host to another; publish a port instead");
  }

  @Test
  @DisplayName("has nothing to say of services that are placed together")
  void together() throws IOException {
    Path compose = file("compose.yaml", "services: {db: {image: demo}, web: {image: demo}}\n");
    assertThat(check(compose)).doesNotContain("note:").contains("ok");
  }

  @Test
  @DisplayName("refuses two services with the same name in etcd")
  void names() throws IOException {
    Path compose =
        file("compose.yaml", "services: {My.App: {image: demo}, my-app: {image: demo}}\n");
    assertThat(check(compose)).contains("my-app and My.App would both be", "rename one");
    assertThat(status).isEqualTo(1);
  }

  @Test
  @DisplayName("refuses a duplicate field")
  void twice() throws IOException {
    Path compose = file("compose.yaml", "services: {web: {image: a, image: b}}\n");
    assertThat(check(compose)).contains("\"image\" is here twice, first in line 1; remove one");
  }

  @Test
  @DisplayName("only notes a secret whose file is missing, as docker compose does")
  void missing() throws IOException {
    Path compose =
        file(
            "compose.yaml",
            "services: {web: {image: demo, secrets: [key]}}\nsecrets: {key: {file: ./password}}\n");
    assertThat(check(compose))
        .contains(
            "note: "
                + compose
                + ":2:11: secrets.key: there is no regular file "
                + directory
                + "/password")
        .contains("compose.yaml: ok");
    assertThat(status).isZero();
  }

  @Test
  @DisplayName("reads a file of variables in any encoding, as docker compose does")
  void encodings() throws IOException {
    Files.write(
        directory.resolve(".env"),
        "# Gr\u00f6\u00dfe\nTAG=1\n".getBytes(StandardCharsets.ISO_8859_1));
    Path compose = file("compose.yaml", "services: {web: {image: 'demo:${TAG:?}'}}\n");
    assertThat(check(compose)).contains("compose.yaml: ok").doesNotContain("note:");
  }

  @Test
  @DisplayName("accepts contents that are not text")
  void binary() throws IOException {
    Files.write(directory.resolve("favicon.ico"), new byte[] {0, 0, 1, 0, (byte) 0xff});
    Path compose =
        file(
            "compose.yaml",
            "services: {web: {image: demo, volumes: ['./favicon.ico:/favicon.ico:ro']}}\n");
    assertThat(check(compose)).contains("favicon.ico becomes a config", "compose.yaml: ok");
  }
}
