package io.dowding.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.model.EngineInfo;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A host that cannot run a job")
class LackingHostTest {

  private final EngineInfo small =
      new EngineInfo(
          "id",
          "29",
          "1.52",
          1,
          1L << 30,
          "linux",
          "amd64",
          Set.of("json-file"),
          Set.of("local"),
          Set.of("bridge"),
          Set.of("runc"));

  private String reason(String fields) {
    return Scene.withHosts("a").engine("a", small).service("web", fields).reason("web.1");
  }

  @Test
  @DisplayName("is refused, and the reason names what it lacks")
  void lacks() {
    assertThat(reason("\"cpus\":1.5")).contains("a: has 1 CPU, 1.5 asked");
    assertThat(reason("\"logging\":{\"driver\":\"loki\"}")).contains("a: no log driver loki");
    assertThat(reason("\"runtime\":\"nvidia\"")).contains("a: no runtime nvidia");
    assertThat(reason("\"platform\":\"linux/arm64\""))
        .contains("a: is linux/amd64, linux/arm64 asked");
    assertThat(
            reason(
                "\"volumes\":[\"d:/d\"],"
                    + "\"x-dowding\":{\"volumes\":{\"d\":{\"driver\":\"rex\"}}}"))
        .contains("a: no volume driver rex");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'type':'image','source':'demo:2' | a volume of the type image needs 1.48",
        "'type':'volume','source':'d','volume':{'subpath':'a'} | volume.subpath needs 1.45",
        "'type':'bind','source':'/d','read_only':true,'bind':{'recursive':'writable'} | bind.recursive needs 1.44",
      })
  @DisplayName("is refused for a volume that its engine is too old for; a newer one is chosen")
  void tooOld(String volume, String reason) {
    String fields = "\"volumes\":[{" + volume.replace('\'', '"') + ",\"target\":\"/d\"}]";
    EngineInfo old = api("1.43");
    assertThat(Scene.withHosts("a").engine("a", old).service("web", fields).reason("web.1"))
        .contains("a: has API 1.43; " + reason);
    Scene scene = Scene.withHosts("a", "b").engine("a", old).engine("b", api("1.48"));
    assertThat(scene.service("web", fields).actions()).containsExactly("record web.1 on b");
  }

  private static EngineInfo api(String version) {
    return new EngineInfo("id", "", version, 0, 0, "", "", Set.of(), Set.of(), Set.of(), Set.of());
  }

  @Test
  @DisplayName("is also refused to a pinned job, which waits")
  void pinned() {
    Scene scene = Scene.withHosts("a", "b").engine("a", small).service("web", "\"cpus\":2");
    assertThat(scene.pin("web", "a").actions()).isEmpty();
    assertThat(scene.reason("web.1")).contains("a: has 1 CPU, 2.0 asked");
  }

  @Test
  @DisplayName("is not refused for what it does not report, and another host is chosen")
  void elsewhere() {
    Scene scene = Scene.withHosts("a", "b").engine("a", small).service("web", "\"cpus\":2");
    assertThat(scene.actions()).containsExactly("record web.1 on b");
  }
}
