package io.dowding.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SpecHashTest {

  private static String hash(String fields) throws InvalidServiceException {
    String json = "{\"image\":\"nginx:1\"" + (fields.isEmpty() ? "" : "," + fields) + "}";
    return ServiceReader.read("web", 1, json.getBytes(StandardCharsets.UTF_8)).specHash();
  }

  @Test
  @DisplayName("hashes do not change between releases, because that would restart the fleet")
  void golden() throws InvalidServiceException {
    assertThat(hash("")).isEqualTo("1-3c6b2830518134f47414253a");
    assertThat(
            hash(
                "\"command\":[\"a\"],\"environment\":{\"A\":\"1\"},\"ports\":[\"80:80\"],"
                    + "\"volumes\":[\"d:/d\"],\"restart\":\"always\",\"user\":\"1\""))
        .isEqualTo("1-d4b74ff0757cc887c1c7ff42");
  }

  @Test
  @DisplayName("the hash of each kind of each field does not change")
  void goldenOfEveryField() throws InvalidServiceException, IOException {
    List<String> wrong = new ArrayList<>();
    for (String line : goldenLines()) {
      String[] parts = line.split(" ", 2);
      if (!hash(parts[1]).equals(parts[0])) {
        wrong.add(line + " is " + hash(parts[1]));
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  @DisplayName("every supported field has a golden hash")
  void goldenIsComplete() throws IOException {
    List<String> lines = goldenLines();
    assertThat(FieldsTableTest.rows().entrySet())
        .filteredOn(row -> !row.getValue().startsWith("no") && !row.getKey().equals("image"))
        .extracting(Map.Entry::getKey)
        .allMatch(field -> lines.stream().anyMatch(line -> line.contains(" \"" + field + "\":")));
  }

  private static List<String> goldenLines() throws IOException {
    return Files.readAllLines(Path.of("src/test/resources/golden/spec-hashes.txt"));
  }

  @Test
  @DisplayName("explicit defaults, another order and other forms do not change the hash")
  void same() throws InvalidServiceException {
    assertThat(hash("\"restart\":\"unless-stopped\",\"stop_grace_period\":\"10s\""))
        .isEqualTo(hash(""));
    assertThat(hash("\"environment\":[\"B=2\",\"A=1\"]"))
        .isEqualTo(hash("\"environment\":{\"A\":\"1\",\"B\":\"2\"}"));
    assertThat(hash("\"command\":\"a b\"")).isEqualTo(hash("\"command\":[\"a\",\"b\"]"));
    assertThat(hash("\"network_mode\":\"bridge\"")).isEqualTo(hash(""));
  }

  @Test
  @DisplayName("fields that do not shape the container do not change the hash")
  void otherFields() throws InvalidServiceException {
    assertThat(
            hash(
                "\"deploy\":{\"replicas\":5},\"pull_policy\":\"always\",\"x-dowding\":{\"pin\":\"h\"}"))
        .isEqualTo(hash(""));
    assertThat(
            hash(
                "\"deploy\":{\"resources\":{\"reservations\":{\"cpus\":\"1\",\"generic_resources\":"
                    + "[{\"discrete_resource_spec\":{\"kind\":\"gpu\",\"value\":2}}]}}}"))
        .isEqualTo(hash(""));
  }

  @Test
  @DisplayName("every field that shapes the container changes the hash")
  void different() throws InvalidServiceException {
    String[] fields = {
      "",
      "\"command\":[]",
      "\"command\":[\"x\"]",
      "\"entrypoint\":[]",
      "\"environment\":{\"A\":\"1\"}",
      "\"labels\":{\"A\":\"1\"}",
      "\"ports\":[\"80:80\"]",
      "\"ports\":[\"81:80\"]",
      "\"ports\":[\"80\"]",
      "\"ports\":[\"81-90:80\"]",
      "\"volumes\":[\"a:/a\"]",
      "\"volumes\":[\"a:/a:ro\"]",
      "\"restart\":\"no\"",
      "\"stop_grace_period\":\"11s\"",
      "\"stop_signal\":\"SIGINT\"",
      "\"user\":\"1\"",
      "\"working_dir\":\"/x\"",
      "\"hostname\":\"h\"",
      "\"network_mode\":\"host\"",
      "\"container_name\":\"cn\"",
      "\"deploy\":{\"resources\":{\"limits\":{\"pids\":5}}}",
      "\"deploy\":{\"resources\":{\"limits\":{\"memory\":\"5m\"}}}",
      "\"deploy\":{\"resources\":{\"limits\":{\"cpus\":\"1\"}}}",
    };
    Set<String> hashes = new TreeSet<>();
    for (String field : fields) {
      hashes.add(hash(field));
    }
    assertThat(hashes).hasSize(fields.length);
  }
}
