package io.dowding.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"web", "a", "0", "my-web_2"})
  @DisplayName("a service's name contains lower-case letters, digits, _ and -")
  void services(String name) {
    assertThat(Names.isService(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Web", "web.1", "-web", "web-", "a b", "a/b", "wéb"})
  @DisplayName("other characters and dots are refused")
  void notServices(String name) {
    assertThat(Names.isService(name)).isFalse();
  }

  @Test
  @DisplayName("a service's name has at most 63 characters")
  void longest() {
    assertThat(Names.isService("x".repeat(63))).isTrue();
    assertThat(Names.isService("x".repeat(64))).isFalse();
  }

  @Test
  @DisplayName("a job's id is several names joined by dots; the first is its service")
  void jobs() {
    assertThat(Names.isJob("web.1")).isTrue();
    assertThat(Names.isJob("web..1")).isFalse();
    assertThat(Names.isJob(".web")).isFalse();
    assertThat(Names.serviceOf("web.host1.example.com")).isEqualTo("web");
    assertThat(Names.serviceOf("web")).isEqualTo("web");
  }

  @Test
  @DisplayName("a hostname is a lower-case DNS name")
  void hostnames() {
    assertThat(Names.isHostname("host1.example.com")).isTrue();
    assertThat(Names.isHostname("Host1")).isFalse();
    assertThat(Names.isHostname("host_1")).isFalse();
    assertThat(Names.isHostname("-host")).isFalse();
  }

  @Test
  @DisplayName("jobs are sorted by number")
  void order() {
    assertThat(
            List.of("web.10", "web.2", "api.1", "web.1", "web.host1").stream()
                .sorted(Names::compareJobs))
        .containsExactly("api.1", "web.1", "web.2", "web.10", "web.host1");
  }
}
