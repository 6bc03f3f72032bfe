package io.dowding.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnershipTest {

  private static final Map<String, String> OURS =
      Map.of(
          "dowding.cluster", "uuid",
          "dowding.job", "web.1",
          "dowding.incarnation", "7",
          "dowding.spec", "1-x");

  private static Container container(String name, Map<String, String> labels, boolean inherited) {
    return new Container(
        "id",
        name,
        "demo",
        labels,
        inherited,
        Container.State.RUNNING,
        0,
        false,
        "",
        null,
        0,
        null,
        null,
        RestartPolicy.Kind.NO,
        "TERM",
        ContainerSpec.DEFAULT_STOP_GRACE,
        List.of());
  }

  @Test
  @DisplayName("a container is ours if it has the cluster's label and the name we would give it")
  void ours() {
    assertThat(Ownership.of(container("web.1.7", OURS, false), "uuid")).isNotNull();
  }

  @Test
  @DisplayName(
      "a container with another cluster, another name, an image's labels or a missing label is not"
          + " ours")
  void notOurs() {
    assertThat(Ownership.of(container("web.1.7", OURS, false), "other")).isNull();
    assertThat(Ownership.of(container("web.1.8", OURS, false), "uuid")).isNull();
    assertThat(Ownership.of(container("copy", OURS, false), "uuid")).isNull();
    assertThat(Ownership.of(container("web.1.7", OURS, true), "uuid")).isNull();
    for (String label : OURS.keySet()) {
      Map<String, String> less = new HashMap<>(OURS);
      less.remove(label);
      assertThat(Ownership.of(container("web.1.7", less, false), "uuid")).as(label).isNull();
    }
  }

  @Test
  @DisplayName("without a known cluster id, no container is ours")
  void noCluster() {
    Map<String, String> empty = new HashMap<>(OURS);
    empty.remove("dowding.cluster");
    assertThat(Ownership.of(container("web.1.7", empty, false), "")).isNull();
  }

  @Test
  @DisplayName("a name chosen by the user is accepted if the label has it")
  void ownName() {
    Map<String, String> named = new HashMap<>(OURS);
    named.put("dowding.name", "db");
    assertThat(Ownership.of(container("db", named, false), "uuid")).isNotNull();
    assertThat(Ownership.of(container("web.1.7", named, false), "uuid")).isNull();
  }

  @Test
  @DisplayName("every label that is read later is set, even if empty")
  void allSet() {
    Allocation record = new Allocation("web.1", "h", "web", "1-x", 3, 7, Instant.EPOCH, "why", 0);
    assertThat(Ownership.labelsOf("uuid", "/base", record, ContainerSpec.ofImage("nginx")))
        .containsEntry("dowding.name", "web.1.7")
        .containsEntry("dowding.networks", "")
        .containsEntry("dowding.files", "")
        .containsEntry("dowding.post_start", "[]")
        .containsEntry("dowding.pre_stop", "[]");
  }

  @Test
  @DisplayName("labels that a container of an older release got from its image do not count")
  void fromTheImage() {
    Map<String, String> ofImage =
        Map.of(
            "dowding.name", "other",
            "dowding.networks", "back=web",
            "dowding.files", "secrets/x",
            "dowding.post_start", "[{}]",
            "dowding.pre_stop", "[{}]",
            "dowding.job", "web.1",
            "a", "b");
    Map<String, String> seen = new HashMap<>(ofImage);
    seen.putAll(OURS);
    Map<String, String> own = Ownership.withoutImages("web.1.7", seen, ofImage);
    assertThat(own).containsAllEntriesOf(OURS).containsEntry("a", "b").hasSize(OURS.size() + 1);
    assertThat(Ownership.of(container("web.1.7", own, false), "uuid")).isNotNull();
  }

  @Test
  @DisplayName("a container's own labels count, whatever labels its image has")
  void ofItsOwn() {
    Map<String, String> own = new HashMap<>(OURS);
    own.put("dowding.name", "db");
    own.put("dowding.networks", "front=web");
    Map<String, String> ofImage = Map.of("dowding.name", "db", "dowding.networks", "back=web");
    assertThat(Ownership.withoutImages("db", own, ofImage)).isEqualTo(own);
    assertThat(Ownership.withoutImages("db", own, Map.of())).isEqualTo(own);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-7",
        "+7",
        "07",
        " 7",
        "7 ",
        "٧",
        "1000000000000000",
        "99999999999999999999"
      })
  @DisplayName("an incarnation that dowding would not write is not ours")
  void oddIncarnation(String text) {
    Map<String, String> odd = new HashMap<>(OURS);
    odd.put("dowding.incarnation", text);
    assertThat(Ownership.of(container("web.1." + text, odd, false), "uuid")).isNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 7, 4_000_000_000L, Ownership.MOST})
  @DisplayName("every incarnation in a name can be parsed")
  void namedAndParsed(long incarnation) {
    assertThat(Ownership.isIncarnation(incarnation)).isTrue();
    Map<String, String> ours = new HashMap<>(OURS);
    ours.put("dowding.incarnation", Long.toString(incarnation));
    assertThat(Ownership.of(container("web.1." + incarnation, ours, false), "uuid"))
        .isNotNull()
        .extracting(Ownership.Owned::incarnation)
        .isEqualTo(incarnation);
  }
}
