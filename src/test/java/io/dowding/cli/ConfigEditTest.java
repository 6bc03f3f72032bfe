package io.dowding.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.InventoryReader;
import io.dowding.compose.yaml.Source;
import io.dowding.model.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A configuration, edited")
class ConfigEditTest {

  private static final Path INVENTORY = Path.of("/etc/dowding/inventory.yaml");

  private static SortedMap<String, Host> hosts(String text) {
    return InventoryReader.parse(Source.of(Path.of("test")), text);
  }

  private static SortedMap<String, String> added(String name) {
    return new TreeMap<>(Map.of(name, "ssh://root@" + name));
  }

  @Test
  @DisplayName("that comes with dowding has the sample as its inventory")
  void sample() throws IOException {
    String text = Files.readString(Path.of("config/dowding.yaml"));
    assertThat(ConfigEdit.isSample(hosts(text))).isTrue();
    assertThat(ConfigEdit.isSample(hosts("[{hostname: host1, docker: \"ssh://me@10.0.0.1\"}]")))
        .isFalse();
  }

  @Test
  @DisplayName("that comes with dowding keeps everything but the sample")
  void replaced() throws IOException {
    String text = Files.readString(Path.of("config/dowding.yaml"));
    String edited = ConfigEdit.withInventoryFile(text, INVENTORY);
    assertThat(edited)
        .contains("inventory: {file: /etc/dowding/inventory.yaml}\n\n# Kept free on each host")
        .contains("or the keys under inventory/ in etcd")
        .doesNotContain("192.168.8.120", "rack:");
    assertThat(edited.lines())
        .isSubsetOf(
            Stream.concat(text.lines(), Stream.of("inventory: {file: " + INVENTORY + "}"))
                .toList());
    assertThat(ConfigEdit.withInventoryFile("baseKey: /x", INVENTORY))
        .isEqualTo("baseKey: /x\ninventory: {file: /etc/dowding/inventory.yaml}\n");
  }

  @Test
  @DisplayName("gets hosts at the end of its list, and keeps its comments")
  void appended() {
    String text =
        """
        inventory:
          # The old one.
          - hostname: old
            docker: tcp://10.0.0.1:2376

        # Later.
        settle: 2s
        """;
    assertThat(ConfigEdit.withHosts(text, hosts(text), added("fresh")))
        .isEqualTo(
            """
            inventory:
              # The old one.
              - hostname: old
                docker: tcp://10.0.0.1:2376
              - hostname: fresh
                docker: ssh://root@fresh

            # Later.
            settle: 2s
            """);
  }

  @Test
  @DisplayName("is a file of the inventory alone, or a new one")
  void inventoryFile() {
    String header = "# The hosts.\n";
    String one =
        Objects.requireNonNull(ConfigEdit.withHosts(header, new TreeMap<>(), added("true")));
    assertThat(one).isEqualTo(header + "- hostname: \"true\"\n  docker: ssh://root@true\n");
    String two = Objects.requireNonNull(ConfigEdit.withHosts(one, hosts(one), added("10.0.0.9")));
    assertThat(hosts(two)).containsOnlyKeys("true", "10.0.0.9");
  }

  @Test
  @DisplayName("of an unusual form is left to a person")
  void unusual() {
    for (String text :
        List.of(
            "inventory: [{hostname: old, docker: \"ssh://old\"}]",
            "{inventory: [{hostname: old, docker: \"ssh://old\"}]}")) {
      assertThat(ConfigEdit.withHosts(text, hosts(text), added("fresh"))).as(text).isNull();
    }
    assertThat(ConfigEdit.withEtcd("etcd: {endpoints: \"http://a:1\"}", "http://b:2")).isNull();
    assertThat(ConfigEdit.withEtcd("etcd:\n  endpoints:\n  - http://a:1\n", "http://b:2")).isNull();
  }

  @Test
  @DisplayName("gets another etcd")
  void etcd() throws IOException {
    String text = Files.readString(Path.of("config/dowding.yaml"));
    assertThat(ConfigEdit.withEtcd(text, "http://10.0.0.1:2379"))
        .isEqualTo(
            text.replace(
                "  endpoints: http://127.0.0.1:2379\n", "  endpoints: \"http://10.0.0.1:2379\"\n"));
    assertThat(ConfigEdit.withEtcd("settle: 2s\n", "http://b:2"))
        .isEqualTo("settle: 2s\netcd: {endpoints: \"http://b:2\"}\n");
  }
}
