package io.dowding.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.keys.Parsed;
import io.dowding.keys.Recalled;
import io.dowding.keys.StoreChange;
import io.dowding.keys.Versions;
import io.dowding.model.Content;
import io.dowding.model.Policy;
import io.dowding.model.Service;
import io.dowding.model.UpdateConfig;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("An effective definition")
class DefinitionsTest {

  private static final String SITE = "configs/site";
  private static final Instant NOW = Instant.EPOCH;

  private final Keys keys = new Keys(true, new Leadership(), Policy.STRICT, new Changed());
  private final List<String> redefined = new ArrayList<>();

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static StoreChange service(int replicas, long revision) throws InvalidServiceException {
    String json =
        "{\"image\":\"demo\",\"configs\":[\"site\"],\"deploy\":{\"replicas\":" + replicas + "}}";
    Service read = ServiceReader.read("web", revision, bytes(json));
    return new StoreChange.OfService("web", new Parsed.Valid<>(read), json, revision);
  }

  private static StoreChange content(String text, long revision) {
    return new StoreChange.OfContent(SITE, new Parsed.Valid<>(Content.of(bytes(text))), revision);
  }

  private void changed(StoreChange change) {
    keys.changed(new Event.StoreChanged(change.revision(), List.of(change)), redefined::add, NOW);
  }

  private void listed(long revision, StoreChange... present) {
    keys.listed(
        new Event.StoreListed(revision, List.of(present), Recalled.NOTHING), redefined::add, NOW);
  }

  private String problem() {
    return Objects.requireNonNull(keys.definitions.entries().get("web")).problem();
  }

  private Service effective() {
    return Objects.requireNonNull(keys.definitions.services().get("web"));
  }

  @Test
  @DisplayName("is not usable until its config exists, and names it")
  void missing() throws InvalidServiceException {
    changed(service(1, 2));
    assertThat(keys.definitions.services()).isEmpty();
    assertThat(problem()).isEqualTo("configs/site: not in etcd; put the content there");
    changed(content("one", 3));
    assertThat(problem()).isEmpty();
    assertThat(effective().missingContents()).isEmpty();
  }

  @Test
  @DisplayName("changes with the content of its config, and only then")
  void hash() throws InvalidServiceException {
    changed(content("one", 2));
    changed(service(1, 3));
    String before = effective().specHash();
    changed(content("one", 4));
    assertThat(redefined).isEmpty();
    changed(content("two", 5));
    assertThat(redefined).containsExactly("web");
    assertThat(effective().specHash()).isNotEqualTo(before);
    changed(content("one", 6));
    assertThat(effective().specHash()).isEqualTo(before);
  }

  @Test
  @DisplayName("stays the same while the config is missing, even if both changed unnoticed")
  void away() throws InvalidServiceException {
    changed(content("one", 2));
    changed(service(1, 3));
    listed(9, service(2, 8));
    assertThat(problem()).startsWith("configs/site: not in etcd");
    assertThat(effective().mode()).isEqualTo(new Service.Mode.Replicated(1));
    assertThat(effective().missingContents()).isEmpty();
  }

  @Test
  @DisplayName("stays the same while its config cannot be decrypted, and says why")
  void undecryptable() throws InvalidServiceException {
    changed(content("one", 2));
    changed(service(1, 3));
    changed(new StoreChange.OfContent(SITE, new Parsed.Invalid<>("no key"), 4));
    changed(service(2, 5));
    assertThat(problem()).isEqualTo("configs/site: no key");
    assertThat(keys.problem(SITE)).isEqualTo("no key");
    assertThat(effective().mode()).isEqualTo(new Service.Mode.Replicated(1));
    changed(new StoreChange.OfContent(SITE, null, 6));
    assertThat(problem()).startsWith("configs/site: not in etcd");
    assertThat(keys.problem(SITE)).isNull();
    changed(content("one", 7));
    assertThat(problem()).isEmpty();
    assertThat(effective().mode()).isEqualTo(new Service.Mode.Replicated(2));
  }

  @Test
  @DisplayName("is not touched if it was never known because its config cannot be decrypted")
  void neverKnown() throws InvalidServiceException {
    listed(
        9,
        new StoreChange.OfContent(SITE, new Parsed.Invalid<>("no key"), 4),
        service(1, 8),
        new StoreChange.OfNothing("versions/web", "no key", 7));
    assertThat(keys.definitions.untouchable()).containsExactly("web");
    assertThat(keys.keeps("versions/web")).isFalse();
    listed(10, content("one", 10), service(1, 8));
    assertThat(keys.definitions.untouchable()).isEmpty();
    assertThat(keys.keeps("versions/web")).isTrue();
  }

  @Test
  @DisplayName("never contains the content of its config")
  void hidden() throws InvalidServiceException {
    changed(content("hunter2", 2));
    changed(service(1, 3));
    assertThat(effective().toString()).contains("configs/site").doesNotContain("hunter2");
  }

  @Test
  @DisplayName("uses the first digest of its tag once that is written; earlier writes do not count")
  void digest() throws InvalidServiceException {
    changed(content("one", 2));
    changed(service(1, 3));
    Versions before = Objects.requireNonNull(keys.definitions.versionsOf("web"));
    keys.definitions.meant("web", effective().specHash(), "sha256:1");
    keys.definitions.meant("web", effective().specHash(), "sha256:2");
    keys.definitions.kept("web", before, redefined::add);
    assertThat(keys.definitions.meanings()).containsExactly("web");
    assertThat(effective().container().image()).isEqualTo("demo");
    Versions now = Objects.requireNonNull(keys.definitions.versionsOf("web"));
    keys.definitions.kept("web", now, redefined::add);
    assertThat(keys.definitions.meanings()).isEmpty();
    assertThat(effective().container().image()).isEqualTo("demo@sha256:1");
    assertThat(redefined).isEmpty();
    changed(service(3, 4));
    assertThat(effective().container().image()).isEqualTo("demo@sha256:1");
    changed(content("two", 5));
    assertThat(effective().container().image()).isEqualTo("demo");
  }

  @Test
  @DisplayName("returns to the image of a definition that was replaced before it was good")
  void replaced() throws InvalidServiceException {
    changed(content("one", 2));
    changed(service(1, 3));
    keys.definitions.meant("web", effective().specHash(), "sha256:1");
    write(kept());
    changed(content("two", 4));
    keys.definitions.meant("web", effective().specHash(), "sha256:2");
    write(kept());
    assertThat(image()).isEqualTo("demo@sha256:2");
    changed(content("one", 5));
    assertThat(image()).isEqualTo("demo@sha256:1");
    write(kept().rolledOut(true));
    changed(content("two", 6));
    assertThat(image()).isEqualTo("demo");
  }

  @Test
  @DisplayName("is rolled back to the number of jobs that was set last for the good containers")
  void scaled() throws InvalidServiceException {
    changed(content("one", 2));
    changed(service(1, 3));
    write(kept().rolledOut(true));
    changed(service(3, 4));
    changed(content("two", 5));
    write(kept().failedFor("exited with 1"));
    assertThat(effective().mode()).isEqualTo(new Service.Mode.Replicated(3));
  }

  @Test
  @DisplayName("is refused if it is too large with its contents")
  void large() throws InvalidServiceException {
    changed(content("x".repeat(Service.MOST_BYTES), 2));
    changed(service(1, 3));
    assertThat(problem()).contains("larger than the 524288 bytes allowed");
  }

  private void followed(int replicas, long revision, String... more)
      throws InvalidServiceException {
    String json =
        "{\"image\":\"demo\",\"deploy\":{\"replicas\":"
            + replicas
            + "},\"x-dowding\":{\"follow\":\"15m\"}"
            + String.join("", more)
            + "}";
    Service read = ServiceReader.read("web", revision, bytes(json));
    changed(new StoreChange.OfService("web", new Parsed.Valid<>(read), json, revision));
  }

  private String image() {
    return effective().container().image();
  }

  private Versions kept() {
    return Objects.requireNonNull(keys.definitions.versionsOf("web"));
  }

  private void write(Versions versions) {
    keys.definitions.kept("web", versions, redefined::add);
  }

  /** Its tag is looked up and means this; that is written. */
  private void finds(String digest) {
    keys.definitions.found("web", effective().specHash(), digest);
    write(keys.definitions.moved("web", kept()));
  }

  /** A service whose first digest is good. */
  private void followsFrom(String digest) throws InvalidServiceException {
    followed(1, 2);
    keys.definitions.meant("web", effective().specHash(), digest);
    write(kept().rolledOut(true));
  }

  @Test
  @DisplayName("follows its tag once the digest that it means is written")
  void moves() throws InvalidServiceException {
    followsFrom("sha256:1");
    String before = effective().specHash();
    keys.definitions.found("web", before, "sha256:2");
    assertThat(image()).isEqualTo("demo@sha256:1");
    write(keys.definitions.moved("web", kept()));
    assertThat(image()).isEqualTo("demo@sha256:2");
    assertThat(effective().specHash()).isNotEqualTo(before);
    assertThat(effective().update().onFailure()).isEqualTo(UpdateConfig.OnFailure.ROLLBACK);
    assertThat(redefined).containsExactly("web");
    followed(3, 4);
    assertThat(image()).isEqualTo("demo@sha256:2");
  }

  @Test
  @DisplayName("goes back from a digest that failed, and never tries it again, even when scaled")
  void failing() throws InvalidServiceException {
    followsFrom("sha256:1");
    finds("sha256:2");
    write(kept().failedFor("web.1: exited with 1"));
    assertThat(image()).isEqualTo("demo@sha256:1");
    finds("sha256:2");
    assertThat(image()).isEqualTo("demo@sha256:1");
    followed(3, 4);
    assertThat(image()).isEqualTo("demo@sha256:1");
    assertThat(effective().mode()).isEqualTo(new Service.Mode.Replicated(3));
    assertThat(kept().isRolledBack()).isTrue();
    finds("sha256:1");
    finds("sha256:2");
    assertThat(image()).isEqualTo("demo@sha256:1");
    finds("sha256:3");
    assertThat(image()).isEqualTo("demo@sha256:3");
  }

  @Test
  @DisplayName("keeps the digest that its tag meant last when its definition changes, and retries")
  void changes() throws InvalidServiceException {
    followsFrom("sha256:1");
    finds("sha256:2");
    write(kept().failedFor("web.1: exited with 1"));
    followed(1, 4, ",\"hostname\":\"new\"");
    assertThat(image()).isEqualTo("demo@sha256:1");
    finds("sha256:2");
    assertThat(image()).isEqualTo("demo@sha256:2");
  }

  @Test
  @DisplayName("that was rolled back is not tried again when the tag of the good one moves")
  void rolledBack() throws InvalidServiceException {
    followsFrom("sha256:1");
    followed(1, 4, ",\"hostname\":\"new\"");
    write(kept().failedFor("web.1: exited with 1"));
    assertThat(effective().container().hostname()).isNull();
    finds("sha256:2");
    assertThat(image()).isEqualTo("demo@sha256:1");
    assertThat(effective().container().hostname()).isNull();
  }

  @Test
  @DisplayName("ignores an answer for an earlier definition")
  void late() throws InvalidServiceException {
    followsFrom("sha256:1");
    String before = effective().specHash();
    finds("sha256:2");
    keys.definitions.found("web", before, "sha256:3");
    assertThat(keys.definitions.meanings()).isEmpty();
  }
}
