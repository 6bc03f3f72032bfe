package io.dowding.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.project.Project;
import io.dowding.compose.project.Project.ProjectService;
import io.dowding.model.Content;
import io.dowding.model.TextContent;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What belongs to a Compose project")
class ProjectServicesTest {

  private final NavigableMap<String, String> there = new TreeMap<>();
  private final SortedMap<String, String> contents = new TreeMap<>();

  private void service(String name, String extras, String fields) {
    there.put(name, "{\"image\":\"a\",\"x-dowding\":{" + extras + "}" + fields + "}");
  }

  private static Project wanting(Map<String, String> contents, Map<String, String> services) {
    SortedMap<String, ProjectService> all = new TreeMap<>();
    services.forEach((name, json) -> all.put(name, new ProjectService(name, json, List.of())));
    SortedMap<String, Content> bytes = new TreeMap<>();
    contents.forEach((key, text) -> bytes.put(key, TextContent.of(text)));
    return new Project("shop", all, bytes, Set.of(), List.of(), List.of(), Set.of());
  }

  private List<String> problems(Project wanted) {
    return new ProjectServices("shop", there)
        .problems(
            wanted,
            key -> Optional.ofNullable(contents.get(key)).map(text -> text.getBytes(UTF_8)));
  }

  @Test
  @DisplayName("a secret that was put by hand is not overwritten, used or not")
  void byHand() {
    contents.put("secrets/shop_key", "by hand");
    Project wanted = wanting(Map.of("secrets/shop_key", "of the file"), Map.of());

    assertThat(problems(wanted))
        .singleElement()
        .asString()
        .isEqualTo(
            "secrets/shop_key is already there with another value, which was not written for"
                + " project shop; declare it external, rename it, or delete that key first");

    service(
        "shop-web",
        "\"project\":\"shop\",\"contents\":[]",
        ",\"secrets\":[{\"source\":\"shop_key\"}]");
    assertThat(problems(wanted)).hasSize(1);
    contents.put("secrets/shop_key", "of the file");
    assertThat(problems(wanted)).isEmpty();
  }

  @Test
  @DisplayName("contents written for the project may change, also those of an older release")
  void ours() {
    contents.put("secrets/shop_key", "before");
    contents.put("configs/shop_site", "before");
    service("shop-web", "\"project\":\"shop\",\"contents\":[\"secrets/shop_key\"]", "");
    service("shop-old", "\"project\":\"shop\"", ",\"configs\":[\"shop_site\"]");

    assertThat(
            problems(
                wanting(Map.of("secrets/shop_key", "now", "configs/shop_site", "now"), Map.of())))
        .isEmpty();
  }

  @Test
  @DisplayName("services of others, and contents that these use, are in the way")
  void others() {
    service("shop-web", "\"project\":\"other\"", ",\"configs\":[\"shop_site\"]");

    assertThat(
            problems(
                wanting(Map.of("configs/shop_site", "x"), Map.of("shop-web", "{\"image\":\"b\"}"))))
        .satisfiesExactly(
            one -> assertThat(one).contains("belongs to project other"),
            two -> assertThat(two).contains("configs/shop_site is also used by service shop-web"));
  }

  @Test
  @DisplayName("what goes with the services is what was written for them and nothing else uses")
  void unused() {
    service(
        "shop-web",
        "\"project\":\"shop\",\"contents\":[\"secrets/shop_key\",\"secrets/shared\"]",
        ",\"secrets\":[\"shop_key\",\"shared\",\"external\"]");
    service("shop-old", "\"project\":\"shop\"", ",\"configs\":[\"of_older_release\"]");
    service("other", "", ",\"secrets\":[\"shared\"]");
    ProjectServices services = new ProjectServices("shop", there);

    assertThat(services.ours()).containsExactly("shop-old", "shop-web");
    assertThat(services.unused(services.ours(), null)).containsExactly("secrets/shop_key");
    assertThat(
            services.unused(
                List.of(), wanting(Map.of(), Map.of("shop-web", "{\"secrets\":[\"shop_key\"]}"))))
        .isEmpty();
    assertThat(services.unused(List.of(), wanting(Map.of(), Map.of("shop-web", "{}"))))
        .containsExactly("secrets/shop_key");
  }

  @Test
  @DisplayName("a definition that lists keys of others has none of them removed")
  void listedKeysOfOthers() {
    service(
        "shop-web",
        "\"project\":\"shop\",\"contents\":[\"sequence\",\"cluster\",\"services/billing\","
            + "\"secrets/other-team\",\"secrets/shop_eu_key\",\"secrets/shop_a/b\",\"configs/shop\","
            + "\"secrets/shop_key\"]",
        "");
    service("shop_eu-web", "\"project\":\"shop_eu\",\"contents\":[\"secrets/shop_eu_key\"]", "");
    ProjectServices services = new ProjectServices("shop", there);

    assertThat(services.unused(services.ours(), null)).containsExactly("secrets/shop_key");
    assertThat(services.doubtful(services.ours(), null))
        .containsExactly("configs/shop", "secrets/other-team");
  }

  @Test
  @DisplayName("a key below services/ that is not the name of a service is not the project's")
  void noService() {
    service("a/b", "\"project\":\"shop\"", "");

    assertThat(new ProjectServices("shop", there).ours()).isEmpty();
  }
}
