package io.dowding.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The audit log, for the ops room")
class RoomHistoryTest {

  @TempDir private Path directory;

  private static String lines(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            n ->
                "{\"time\":\"2026-12-01T08:00:%02dZ\",\"action\":\"start\",\"job\":\"web.%d\",\"key\":\"x\"}\n"
                    .formatted(n, n))
        .collect(Collectors.joining());
  }

  private void rotated(String name, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(directory.resolve(name)))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private List<String> last(int most) throws IOException {
    return new RoomHistory(directory, most)
        .last().stream().map(event -> event.path("job").asText()).toList();
  }

  @Test
  @DisplayName("begins with no files at all")
  void none() throws IOException {
    assertThat(last(10)).isEmpty();
    assertThat(new RoomHistory(directory.resolve("absent"), 10).last()).isEmpty();
  }

  @Test
  @DisplayName("is read across rotated files, the tenth of a day after the ninth")
  void rotated() throws IOException {
    rotated("audit.2026-11-30.10.log.gz", lines(2, 4));
    rotated("audit.2026-11-30.9.log.gz", lines(0, 2));
    rotated("audit.2026-12-01.0.log.gz", lines(4, 6));
    rotated("audit.other.log.gz", lines(50, 59));
    Files.writeString(directory.resolve("audit.log"), lines(6, 8));
    assertThat(last(100))
        .containsExactly("web.0", "web.1", "web.2", "web.3", "web.4", "web.5", "web.6", "web.7");
    assertThat(last(3)).containsExactly("web.5", "web.6", "web.7");
    assertThat(last(2)).containsExactly("web.6", "web.7");
  }

  @Test
  @DisplayName("begins after a rotated file of which only a part was written")
  void cutOff() throws IOException {
    rotated("audit.2026-11-29.0.log.gz", lines(0, 2));
    rotated("audit.2026-11-30.0.log.gz", lines(2, 6));
    rotated("audit.2026-12-01.0.log.gz", lines(6, 7));
    Files.writeString(directory.resolve("audit.log"), lines(7, 8));
    Path cut = directory.resolve("audit.2026-11-30.0.log.gz");
    byte[] whole = Files.readAllBytes(cut);
    for (int length : List.of(0, 5, whole.length - 3)) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThat(last(100)).as(length + " bytes").containsExactly("web.6", "web.7");
    }
  }

  @Test
  @DisplayName("skips a line that is too long")
  void tooLong() throws IOException {
    Files.writeString(
        directory.resolve("audit.log"), lines(0, 1) + "x".repeat(20_000) + "\n" + lines(1, 2));
    assertThat(last(10)).containsExactly("web.0", "web.1");
  }

  @Test
  @DisplayName("skips what is no event, and a line that is being written")
  void partial() throws IOException {
    Files.writeString(
        directory.resolve("audit.log"),
        "garbage\n[]\n{\"time\":\"yesterday\",\"job\":\"a.1\"}\n"
            + lines(1, 2)
            + "{\"time\":\"2026");
    assertThat(new RoomHistory(directory, 100).last())
        .hasToString(
            "[{\"time\":\"2026-12-01T08:00:01Z\",\"action\":\"start\",\"job\":\"web.1\"}]");
  }
}
