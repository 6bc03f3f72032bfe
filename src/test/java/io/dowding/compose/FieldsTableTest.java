package io.dowding.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The reference's table of Compose fields")
class FieldsTableTest {

  /** The number of service properties in the JSON schema of the Compose Specification. */
  private static final int IN_THE_SCHEMA = 93;

  private static final Pattern ROW = Pattern.compile("\\| `([a-z_]+)` \\| (.*) \\|");

  static Map<String, String> rows() throws IOException {
    String reference = Files.readString(Path.of("config/reference.md"));
    String table = reference.substring(reference.indexOf("## Fields of a service"));
    Map<String, String> rows = new TreeMap<>();
    for (String line : table.substring(0, table.indexOf("Within `deploy`")).split("\n", -1)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        rows.put(row.group(1), row.group(2));
      }
    }
    return rows;
  }

  private static List<String> problems(String field) {
    String json = "{\"image\":\"nginx\",\"" + field + "\":{\"a\":[1]}}";
    try {
      ServiceReader.read("web", 1, json.getBytes(StandardCharsets.UTF_8));
      return List.of();
    } catch (InvalidServiceException invalid) {
      return invalid.problems();
    }
  }

  @Test
  @DisplayName("has a row for each field that matches what the reader does")
  void honest() throws IOException {
    Map<String, String> rows = rows();
    assertThat(rows).hasSize(IN_THE_SCHEMA);
    List<String> wrong = new ArrayList<>();
    rows.forEach(
        (field, note) -> {
          boolean refused =
              problems(field).stream().anyMatch(p -> p.startsWith(field + ": is not supported"));
          if (refused != note.startsWith("no")) {
            wrong.add(field + ": " + note + ", but " + problems(field));
          }
        });
    assertThat(wrong).isEmpty();
  }
}
