package io.dowding.compose;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected words are the output of docker compose config. */
@DisplayName("A command that is one text")
class CommandLineTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "echo `date -u` $(id -u) z # [echo, `date -u`, $(id -u), z]",
        "a $(b \"c\") d # [a, $(b \"c\"), d]",
        "a `\"b c\"` d # [a, `b c`, d]",
        "a $(b; c) `d; e` f # [a, $(b; c), `d; e`, f]",
        "a '(b' \"$(c\" # [a, (b, $(c]",
        "a' 'b \"\" c\\ d x\\;y \"2>1\" 2\\>a # [a b, , c d, x;y, 2>1, 2>a]",
        "a\u000bb\u00a0c # [a\u000bb\u00a0c]",
        "~a\tb\r\nc~ # [a, b, c]",
        "'a\\b' # [a\\b]",
      })
  @DisplayName("has the same words as in Compose")
  void words(String text, String words) {
    CommandLine line = CommandLine.of(text);
    assertThat(line.wrong()).isNull();
    assertThat(line.words()).hasToString(words);
    assertThat(line.rest()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "a && b # [a] # && b",
        "a 2>f b # [a] # 2>f b",
        "a x2>f # [a, x2] # >f",
        "\"2\"x>f y # [] # \"2\"x>f y",
        "; b # [] # ; b",
      })
  @DisplayName("ends before an operator of a shell")
  void end(String text, String words, String rest) {
    CommandLine line = CommandLine.of(text);
    assertThat(line.words()).hasToString(words);
    assertThat(line.rest()).isEqualTo(rest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '~',
      value = {
        "a b\\ # ends with a backslash",
        "a ( b # has a parenthesis outside quotes, but there is no shell; write [sh, -c, ",
        "a ) b # has a parenthesis outside quotes",
        "a $(b (c)) d # has a parenthesis outside quotes",
        "a $( b # has an unclosed parenthesis",
        "a ` b # has an unclosed quote",
        "a 'b # has an unclosed quote",
      })
  @DisplayName("that Compose refuses is refused")
  void refused(String text, String why) {
    assertThat(CommandLine.of(text).wrong()).startsWith(why);
  }
}
