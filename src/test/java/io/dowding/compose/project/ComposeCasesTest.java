package io.dowding.compose.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Cases recorded from docker compose. dowding must accept what Compose accepts, with the same
 * meaning as the output of {@code docker compose config}, and refuse what Compose refuses.
 */
@DisplayName("Compose files are read like docker compose reads them")
class ComposeCasesTest {

  private static final String RELATIVE = "a path on this machine does not exist on the hosts";
  private static final String ENGINE = "no engine accepts it";
  private static final String FOREIGN = "unmanaged containers are left alone";

  /** Intended differences, with the reason. */
  static final Map<String, String> DIFFERENT =
      Map.ofEntries(
          Map.entry("merge-two", "Compose takes a one-letter volume for a Windows drive"),
          Map.entry("envfile-raw", "newer versions support raw"),
          Map.entry("network-mode-own", "Compose does not make this network"),
          Map.entry("command-date", "Compose loses a date without a word"),
          Map.entry("entrypoint-date", "Compose loses a date without a word"),
          Map.entry("svc-names", "dowding gives a.b and A-b the same name"),
          Map.entry("relbind", RELATIVE),
          Map.entry("form-105", RELATIVE),
          Map.entry("form-106", RELATIVE),
          Map.entry("form-108", RELATIVE),
          Map.entry("form-130", RELATIVE),
          Map.entry("form-115", ENGINE),
          Map.entry("form-120", "newer versions support labels"),
          Map.entry("form-126", "only on Windows"),
          Map.entry("form-127", "only with Swarm"),
          Map.entry("form-144", "dowding accepts days"),
          Map.entry("form-240", "newer versions support interface_name"),
          Map.entry("form-148", ENGINE),
          Map.entry("form-150", ENGINE),
          Map.entry("form-288", ENGINE),
          Map.entry("form-289", ENGINE),
          Map.entry("form-316", FOREIGN),
          Map.entry("form-339", FOREIGN),
          Map.entry("form-349", "only with Swarm"),
          Map.entry("form-366", "only on Windows"),
          Map.entry("form-279", "0 is the same as no value"),
          Map.entry("form-354", "0 is the same as no value"),
          Map.entry("form-381", "dowding does not build"));

  @TestFactory
  @DisplayName("a project has the same meaning as in Compose")
  Stream<DynamicTest> files() throws IOException {
    return ComposeCase.projects().map(ComposeCasesTest::test);
  }

  @TestFactory
  @DisplayName("a form of a field has the same meaning as in Compose")
  Stream<DynamicTest> forms() throws IOException {
    return ComposeCase.forms().map(ComposeCasesTest::test);
  }

  private static DynamicTest test(ComposeCase one) {
    return DynamicTest.dynamicTest(
        one.id(),
        () -> {
          String difference = one.difference();
          if (DIFFERENT.containsKey(one.id())) {
            assertThat(difference).as("differs: " + DIFFERENT.get(one.id())).isNotEmpty();
          } else {
            assertThat(difference).isEmpty();
          }
        });
  }
}
