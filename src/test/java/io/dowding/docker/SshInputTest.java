package io.dowding.docker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SshInputTest {

  private static final int LARGEST = SshInput.WINDOW / 2;

  private final SshInput input = new SshInput();

  @Test
  @DisplayName("what is read is what was written, in whatever parts")
  void parts() throws IOException {
    Random random = new Random(1);
    byte next = 0;
    byte expected = 0;
    assertThat(input.output("HTTP/1.".getBytes(US_ASCII))).isZero();
    assertThat(input.take(new byte[7], 0, 7)).isEqualTo(7);
    input.allow(7);
    int left = SshInput.WINDOW;
    for (int n = 0; n < 100; n++) {
      byte[] more = new byte[Math.min(left, random.nextInt(random.nextBoolean() ? 3 : LARGEST))];
      for (int at = 0; at < more.length; at++) {
        more[at] = next++;
      }
      input.output(more);
      left -= more.length;
      byte[] read = new byte[LARGEST];
      int count = input.take(read, 0, random.nextInt(random.nextBoolean() ? 3 : LARGEST));
      for (int at = 0; at < count; at++) {
        assertThat(read[at]).isEqualTo(expected++);
      }
      input.allow(count);
      left += count;
      assertThat(input.available()).isEqualTo(SshInput.WINDOW - left);
    }
  }

  @Test
  @DisplayName("an answer may begin in one packet and go on in the next")
  void split() throws IOException {
    assertThat(input.output("Hello HTT".getBytes(US_ASCII))).isEqualTo(3);
    assertThat(input.output("P/1".getBytes(US_ASCII))).isEqualTo(3);
    assertThat(input.hasBegun()).isFalse();
    assertThat(input.said()).isEqualTo("Hello HTTP/1");
    assertThat(input.output(".1 200".getBytes(US_ASCII))).isZero();
    byte[] read = new byte[20];
    assertThat(new String(read, 0, input.take(read, 0, 20), US_ASCII)).isEqualTo("HTTP/1.1 200");
    assertThat(input.said()).isEqualTo("Hello ");
  }
}
