package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.DockerException;
import io.dowding.plan.Fault;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An engine's message")
class FailuresTest {

  @Test
  @DisplayName("is reported on one printable line of limited length")
  void words() {
    assertThat(Failures.words(new DockerException("{\"message\":\"no \u001b[2J\u202ewhat\"}", 500)))
        .isEqualTo("no \\u001b[2J\\u202ewhat");
    assertThat(Failures.words(new IOException("a.".repeat(500_000) + "b: c\nd")))
        .isEqualTo("c\\nd");
    assertThat(Failures.words(new DockerException("x".repeat(1_000_000), 500)))
        .hasSizeLessThan(1100);
  }

  @Test
  @DisplayName("about a user or group that an image lacks is not the host's fault")
  void user() {
    assertThat(
            Failures.fault(
                new DockerException(
                    "unable to find user app: no matching entries in passwd file", 500)))
        .isEqualTo(Fault.SPEC);
    assertThat(Failures.fault(new DockerException("unable to find group app: no match", 500)))
        .isEqualTo(Fault.SPEC);
  }
}
