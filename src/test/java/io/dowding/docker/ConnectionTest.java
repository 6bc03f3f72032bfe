package io.dowding.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.dowding.plan.Fault;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTest {

  @Test
  @DisplayName("the API version is the newest that both support, and at least the engine's minimum")
  void version() {
    assertThat(Connection.negotiate("1.41", "1.12")).isEqualTo("1.41");
    assertThat(Connection.negotiate("1.52", "1.44")).isEqualTo("1.48");
    assertThat(Connection.negotiate("1.60", "1.50")).isEqualTo("1.50");
    assertThat(Connection.negotiate("1.9", "1.0")).isEqualTo("1.9");
  }

  @Test
  @DisplayName("an engine's errors and its silence are different faults")
  void faults() {
    assertThat(Failures.fault(new NotFoundException("No such image: x"))).isEqualTo(Fault.NO_IMAGE);
    assertThat(Failures.fault(new InternalServerErrorException("port is already allocated")))
        .isEqualTo(Fault.HOST);
    assertThat(Failures.fault(new NotFoundException("executable file not found in $PATH")))
        .isEqualTo(Fault.SPEC);
    assertThat(Failures.fault(new ConflictException("removal is already in progress")))
        .isEqualTo(Fault.BUSY);
    assertThat(Failures.fault(new IOException("reset"))).isEqualTo(Fault.LOST);
    assertThat(Failures.fault(new TimeoutException())).isEqualTo(Fault.LOST);
    assertThat(Failures.fault(new ExecutionException(new NotFoundException("No such image: x"))))
        .isEqualTo(Fault.NO_IMAGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Range of CPUs is from 0.01 to 1.00, as there are only 1 CPUs available",
        "Unknown runtime specified nvidia",
        "unknown or invalid runtime name: nvidia",
        "could not select device driver \"nvidia\" with capabilities: [[gpu]]",
        "error gathering device information while adding custom device \"/dev/x\": no such file or"
            + " directory",
        "error looking up logging plugin loki: plugin \"loki\" not found",
        "create n: error looking up volume plugin rexray: plugin \"rexray\" not found",
        "logger: no log driver named 'loki' is registered",
        "error while mounting volume '/v/n/_data': failed to mount local volume: no such file or"
            + " directory",
        "no matching manifest for linux/arm64/v8 in the manifest list entries",
        "image with reference a was found but does not match the specified platform: wanted"
            + " linux/arm64, actual: linux/amd64",
        "exec /bin/app: exec format error"
      })
  @DisplayName("a feature that only this host lacks is the host's fault, whatever the status code")
  void lacks(String words) {
    for (int status : new int[] {400, 404, 500}) {
      assertThat(Failures.fault(EngineHttp.refusal(status, words))).isEqualTo(Fault.HOST);
    }
  }

  @Test
  @DisplayName("after an invalid answer, it is unknown whether the call was made")
  void malformed() {
    assertThat(Failures.fault(new MalformedAnswer("nonsense"))).isEqualTo(Fault.LOST);
    assertThat(Failures.fault(new StackOverflowError())).isEqualTo(Fault.LOST);
    assertThat(Failures.fault(EngineHttp.refusal(307, "a redirect"))).isEqualTo(Fault.HOST);
  }

  @Test
  @DisplayName("the engine's own message is reported, without wrapping")
  void words() {
    assertThat(
            Failures.words(
                new NotFoundException("Status 404: {\"message\":\"No such image: \\\"x\\\"\"}\n")))
        .isEqualTo("No such image: \"x\"");
  }

  @Test
  @DisplayName("an image without a tag is latest; otherwise an engine pulls all tags")
  void images() {
    assertThat(Images.nameAndTag("nginx")).isEqualTo(List.of("nginx", "latest"));
    assertThat(Images.nameAndTag("r:5000/nginx")).isEqualTo(List.of("r:5000/nginx", "latest"));
    assertThat(Images.nameAndTag("r:5000/nginx:1")).isEqualTo(List.of("r:5000/nginx", "1"));
    assertThat(Images.nameAndTag("nginx@sha256:00").getFirst()).isEqualTo("nginx@sha256:00");
  }
}
