package io.dowding.systemd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class JournalTest {

  @TempDir private Path directory;

  @Test
  @DisplayName("an entry has one field per line, and a value with line breaks after its length")
  void entry() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("MESSAGE", "two\nlines");
    fields.put("DOWDING_JOB", "web.1");
    assertThat(new String(Journal.entry(fields), ISO_8859_1))
        .isEqualTo("MESSAGE\n\u0009\0\0\0\0\0\0\0two\nlines\nDOWDING_JOB=web.1\n");
  }

  @Test
  @DisplayName("an entry arrives in one datagram")
  void arrives() throws IOException {
    String path = directory.resolve("journal").toString();
    try (Receiver journald = new Receiver(path)) {
      new Journal(path).add(Map.of("MESSAGE", "läuft"));
      assertThat(journald.next()).isEqualTo("MESSAGE=läuft\n");
    }
  }

  @Test
  @DisplayName("an entry that journald does not take is an error")
  void away() {
    Journal journal = new Journal(directory.resolve("absent").toString());
    assertThatThrownBy(() -> journal.add(Map.of("MESSAGE", "x"))).isInstanceOf(IOException.class);
  }

  @Test
  @DisplayName("so is one that is larger than a datagram")
  void tooLarge() {
    String path = directory.resolve("journal").toString();
    try (Receiver _ = new Receiver(path)) {
      Map<String, String> entry = Map.of("MESSAGE", "x".repeat(10_000_000));
      assertThatThrownBy(() -> new Journal(path).add(entry)).isInstanceOf(IOException.class);
    }
  }

  @Test
  @DisplayName("the standard output is the journal only if systemd names its device and inode")
  void standardOutput() throws IOException {
    Path out = Path.of("/proc/self/fd/1");
    String stream = Files.getAttribute(out, "unix:dev") + ":" + Files.getAttribute(out, "unix:ino");
    assertThat(Journal.isStandardOutput(Map.of("JOURNAL_STREAM", stream))).isTrue();
    assertThat(Journal.isStandardOutput(Map.of("JOURNAL_STREAM", "8:1"))).isFalse();
    assertThat(Journal.isStandardOutput(Collections.emptyMap())).isFalse();
  }
}
