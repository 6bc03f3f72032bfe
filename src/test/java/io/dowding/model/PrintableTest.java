package io.dowding.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Untrusted text")
class PrintableTest {

  private static boolean isSafe(String text) {
    return text.codePoints()
        .noneMatch(
            c ->
                Character.isISOControl(c)
                    || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.SURROGATE
                    || Character.getType(c) == Character.LINE_SEPARATOR);
  }

  @Test
  @DisplayName("is unchanged if a terminal can show it")
  void plain() {
    String text = "web.1: \"a\\b\" ünïcödé ✓ 日本 😀";
    assertThat(Printable.of(text, 100)).isSameAs(text);
    assertThat(Printable.json("{\n \"a\": \"✓\"}")).isEqualTo("{\n \"a\": \"✓\"}");
  }

  @Test
  @DisplayName("has its control, bidirectional, invisible and broken characters escaped")
  void hostile() {
    assertThat(Printable.of("a\u001b[2Jb\nc\td\u009b\u007f", 100))
        .isEqualTo("a\\u001b[2Jb\\nc\\td\\u009b\\u007f");
    assertThat(Printable.of("\u202e\u2066\u200b\ufeff\u2028\ud800x\ue000", 100))
        .isEqualTo("\\u202e\\u2066\\u200b\\ufeff\\u2028\\ud800x\\ue000");
    assertThat(Printable.of(Character.toString(0xE0001), 100)).isEqualTo("\\udb40\\udc01");
    assertThat(Printable.json("{\"a\":\"\u009b\u202e\"}")).isEqualTo("{\"a\":\"\\u009b\\u202e\"}");
  }

  @Test
  @DisplayName("is cut if it is too long, but never inside an escape")
  void cut() {
    assertThat(Printable.of("abcdef", 3)).isEqualTo("abc…");
    assertThat(Printable.of("ab\u0001", 5)).isEqualTo("ab…");
    assertThat(Printable.of("x".repeat(1_000_000), 10)).isEqualTo("xxxxxxxxxx…");
  }

  @Test
  @DisplayName("is safe whatever it is")
  void random() {
    SplittableRandom random = new SplittableRandom(1);
    for (int n = 0; n < 20_000; n++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(30); i > 0; i--) {
        text.append((char) random.nextInt(random.nextBoolean() ? 0x100 : 0x10000));
      }
      String shown = Printable.of(text.toString(), 50);
      assertThat(shown).matches(PrintableTest::isSafe).hasSizeLessThanOrEqualTo(51);
      assertThat(Printable.of(shown, 60)).isEqualTo(shown);
      assertThat(Printable.json(text.toString()).replace("\n", "")).matches(PrintableTest::isSafe);
    }
  }

  @ParameterizedTest
  @DisplayName("is reported without the exceptions that wrap it")
  @CsvSource(
      delimiter = '|',
      value = {
        "java.net.ConnectException: refused               | refused",
        "a.B: c.D$E: what: happened                       | what: happened",
        "what: happened                                   | what: happened",
        "no space: a.B: c                                 | no space: a.B: c",
        ".a: b                                            | .a: b",
        "a..b: c                                          | a..b: c",
      })
  void withoutExceptions(String message, String words) {
    assertThat(Printable.withoutExceptions(message)).isEqualTo(words);
  }

  @Test
  @DisplayName("of many parts needs little stack and time")
  void manyParts() {
    String parts = "a.".repeat(500_000);
    assertThat(Printable.withoutExceptions(parts + "b: c")).isEqualTo("c");
    assertThat(Printable.withoutExceptions(parts)).isEqualTo(parts);
  }
}
