package io.dowding.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.compose.InvalidServiceException;
import io.dowding.compose.ServiceReader;
import io.dowding.keys.Parsed;
import io.dowding.keys.StoreChange;
import io.dowding.keys.Versions;
import io.dowding.model.Content;
import io.dowding.model.Service;
import io.dowding.sim.FakeEtcd;
import io.etcd.jetcd.ByteSequence;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A secret in etcd")
class SealedKvTest {

  private static final String SECRET = "hunter2 is a secret";
  private static final Keyring A = Keyring.EMPTY.with("a", bytes(1));
  private static final Keyring B = Keyring.EMPTY.with("b", bytes(2));
  private static final Keyring B_THEN_A = B.with("a", bytes(1));

  private final Kv raw = new FakeEtcd(() -> Instant.EPOCH).client();

  private static byte[] bytes(int value) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) value);
    return key;
  }

  private Kv with(Keyring keyring) {
    return new SealedKv(raw, "/b", keyring);
  }

  private static void put(Kv kv, String key, String value) {
    assertThat(kv.commit(List.of(), List.of(new Kv.Write.Put("/b/" + key, value, 0))).succeeded())
        .isTrue();
  }

  private static Kv.Entry get(Kv kv, String key) {
    return Objects.requireNonNull(kv.get("/b/" + key));
  }

  private String stored(String key) {
    return get(raw, key).text();
  }

  private static @Nullable String problem(Kv kv, String key) {
    return get(kv, key).sealing().problem();
  }

  @Test
  @DisplayName("is encrypted with a key that it names, differently each time")
  void sealed() {
    put(with(A), "secrets/x", SECRET);
    String first = stored("secrets/x");
    put(with(A), "secrets/x", SECRET);
    assertThat(first).startsWith("dowding:aesgcm:v1:a:").matches("[ -~]+");
    assertThat(first).doesNotContain("hunter2").doesNotContain(base64(SECRET));
    assertThat(stored("secrets/x")).isNotEqualTo(first);
    assertThat(get(with(A), "secrets/x").text()).isEqualTo(SECRET);
    assertThat(get(with(A), "secrets/x").sealing().isCurrent()).isTrue();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @DisplayName("is decrypted if another implementation of the format encrypted it")
  void format() {
    put(raw, "secrets/key", "dowding:aesgcm:v1:a:AAECAwQFBgcICQoL4L5dJmWPvQJmLZ1RYDGl/O02BkXEY7I");
    put(
        raw,
        "versions/web",
        "{\"contents\":{\"secrets/key\":"
            + "\"dowding:aesgcm:v1:a:AAECAwQFBgcICQoL4L5dJmWPvbK64IUsV0w2AZmc/0qulN4\"}}");
    Keyring zero = Keyring.EMPTY.with("a", new byte[32]);
    assertThat(get(with(zero), "secrets/key").text()).isEqualTo("hunter2");
    assertThat(get(with(zero), "versions/web").text())
        .isEqualTo("{\"contents\":{\"secrets/key\":\"" + base64("hunter2") + "\"}}");
  }

  @Test
  @DisplayName("may have any bytes, or none")
  void anyBytes() {
    byte[] all = new byte[256];
    for (int n = 0; n < all.length; n++) {
      all[n] = (byte) n;
    }
    for (byte[] value : List.of(all, new byte[0])) {
      with(A)
          .commit(
              List.of(), List.of(new Kv.Write.Put("/b/secrets/x", ByteSequence.from(value), 0)));
      assertThat(get(with(A), "secrets/x").value()).isEqualTo(value);
    }
  }

  @Test
  @DisplayName("is decrypted by a watch, too")
  void watched() {
    StringBuilder seen = new StringBuilder();
    try (Kv.Watcher _ =
        with(A)
            .watch(
                "/b/",
                "/c",
                1,
                new Kv.Watching() {
                  @Override
                  public void changed(long revision, List<Kv.Change> changes) {
                    changes.forEach(
                        change -> seen.append(Objects.requireNonNull(change.entry()).text()));
                  }

                  @Override
                  public void ended(String why) {
                    seen.append(why);
                  }
                })) {
      put(with(A), "secrets/x", SECRET);
      put(with(A), "pins/x", "host1");
    }
    assertThat(seen).hasToString(SECRET + "host1");
  }

  @Test
  @DisplayName("is read as it is if it was written without encryption, and then is not current")
  void plain() {
    put(raw, "secrets/x", SECRET);
    assertThat(get(with(A), "secrets/x").text()).isEqualTo(SECRET);
    assertThat(get(with(A), "secrets/x").sealing().isPlain()).isTrue();
    assertThat(get(with(A), "secrets/x").sealing().isCurrent()).isFalse();
    assertThat(get(with(Keyring.EMPTY), "secrets/x").sealing().isCurrent()).isTrue();
  }

  @Test
  @DisplayName("is written as it is without keys; other keys are with keys, too")
  void others() {
    put(with(Keyring.EMPTY), "secrets/x", SECRET);
    put(with(A), "configs/x", "site");
    with(A).commit(List.of(), List.of(new Kv.Write.Put("/other/secrets/x", "theirs", 0)));
    assertThat(stored("secrets/x")).isEqualTo(SECRET);
    assertThat(stored("configs/x")).isEqualTo("site");
    assertThat(Objects.requireNonNull(raw.get("/other/secrets/x")).text()).isEqualTo("theirs");
  }

  @Test
  @DisplayName("is decrypted with any of the keys, and encrypted with the first")
  void rotation() {
    put(with(A), "secrets/x", SECRET);
    assertThat(get(with(B_THEN_A), "secrets/x").text()).isEqualTo(SECRET);
    assertThat(get(with(B_THEN_A), "secrets/x").sealing().isCurrent()).isFalse();
    put(with(B_THEN_A), "secrets/x", SECRET);
    assertThat(stored("secrets/x")).startsWith("dowding:aesgcm:v1:b:");
    assertThat(get(with(B), "secrets/x").text()).isEqualTo(SECRET);
  }

  @Test
  @DisplayName("is not decrypted without its key, which the problem names")
  void noKey() {
    put(with(A), "secrets/x", SECRET);
    String expected = "cannot be decrypted: there is no encryption key \"a\" in the configuration";
    assertThat(problem(with(Keyring.EMPTY), "secrets/x")).isEqualTo(expected);
    assertThat(problem(with(B), "secrets/x")).isEqualTo(expected);
  }

  @Test
  @DisplayName("is not decrypted with another key of this name, nor once moved or changed")
  void misused() {
    put(with(A), "secrets/x", SECRET);
    String sealed = stored("secrets/x");
    put(raw, "secrets/y", sealed);
    int last = sealed.length() - 3;
    char other = sealed.charAt(last) == 'A' ? 'B' : 'A';
    put(raw, "secrets/z", sealed.substring(0, last) + other + sealed.substring(last + 1));
    assertThat(problem(with(Keyring.EMPTY.with("a", bytes(9))), "secrets/x"))
        .startsWith("cannot be decrypted: the encryption key \"a\" is not the one");
    assertThat(problem(with(A), "secrets/x")).isNull();
    assertThat(problem(with(A), "secrets/y")).contains("copied from another key in etcd");
    assertThat(problem(with(A), "secrets/z")).contains("or it was changed");
  }

  @ParameterizedTest
  @DisplayName("is not decrypted if it is damaged, or of a format that is not known")
  @ValueSource(
      strings = {
        "dowding:aesgcm:",
        "dowding:aesgcm:v1:",
        "dowding:aesgcm:v1:a",
        "dowding:aesgcm:v1:a:",
        "dowding:aesgcm:v1::AAAA",
        "dowding:aesgcm:v1:a:AAAA",
        "dowding:aesgcm:v1:a:\u00e9",
        "dowding:aesgcm:v1:a b:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "dowding:aesgcm:v2:a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
      })
  void damaged(String value) {
    put(raw, "secrets/x", value);
    assertThat(problem(with(A), "secrets/x")).startsWith("cannot be decrypted: ");
  }

  @Test
  @DisplayName("that cannot be decrypted is never a content")
  void neverContent() {
    put(with(A), "secrets/x", SECRET);
    assertThat(new KeyLister("/b").list(with(B), true).keys())
        .singleElement()
        .isInstanceOfSatisfying(
            StoreChange.OfContent.class,
            change -> {
              assertThat(change.value()).isInstanceOf(Parsed.Invalid.class);
              assertThat(change.problem()).startsWith("cannot be decrypted: ");
              assertThat(change.revision()).isEqualTo(get(raw, "secrets/x").modified());
            });
  }

  private static Content content(String text) {
    return Content.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Versions versions(String definition, String site) throws InvalidServiceException {
    Service service =
        ServiceReader.read("web", 3, definition.getBytes(StandardCharsets.UTF_8))
            .withContents(Map.of("secrets/key", content(SECRET), "configs/site", content(site)));
    Service before =
        ServiceReader.read(
                "web",
                2,
                "{\"image\":\"old\",\"secrets\":[\"key\"]}".getBytes(StandardCharsets.UTF_8))
            .withContents(Map.of("secrets/key", content("an older " + SECRET)));
    return new Versions(
        new Versions.Definition(service, definition, ""),
        new Versions.Definition(before, "{\"image\":\"old\",\"secrets\":[\"key\"]}", ""),
        null);
  }

  private static final String DEFINITION =
      "{ \"image\":\"demo\" ,\n \"secrets\":[\"key\"],\"configs\":[\"site\"],"
          + "\"x-a\":1.10,\"x-b\":\"\\u00e9\",\"x-c\":{\"contents\":{\"secrets/key\":\"own\"}}}";

  @Test
  @DisplayName("is encrypted in versions, which are the same text otherwise")
  void versions() throws InvalidServiceException {
    Versions kept = versions(DEFINITION, "listen 80");
    String plain = Json.write(kept);
    put(with(A), "versions/web", plain);
    String stored = stored("versions/web");
    assertThat(plain).contains(base64(SECRET)).contains(base64("an older " + SECRET));
    assertThat(stored)
        .contains(DEFINITION)
        .contains(base64("listen 80"))
        .contains("\"secrets/key\":\"dowding:aesgcm:v1:a:")
        .doesNotContain(base64(SECRET))
        .doesNotContain(base64("an older " + SECRET));
    assertThat(get(with(A), "versions/web").text()).isEqualTo(plain);
    assertThat(get(with(B_THEN_A), "versions/web").text()).isEqualTo(plain);
    assertThat(get(with(A), "versions/web").sealing().isCurrent()).isTrue();
    assertThat(get(with(B_THEN_A), "versions/web").sealing().isCurrent()).isFalse();
    assertThat(Json.versions("web", get(with(A), "versions/web").value())).isPresent();
  }

  @Test
  @DisplayName("makes versions unusable if it cannot be decrypted, and is reported under their key")
  void unusableVersions() throws InvalidServiceException {
    put(with(A), "versions/web", Json.write(versions(DEFINITION, "listen 80")));
    put(raw, "versions/api", stored("versions/web"));
    KeyLister.Listing listing = new KeyLister("/b").list(with(A), true);
    assertThat(listing.recalled().versions()).containsOnlyKeys("web");
    assertThat(listing.recalled().keys()).containsExactlyInAnyOrder("versions/web", "versions/api");
    assertThat(listing.keys())
        .singleElement()
        .satisfies(
            change -> {
              assertThat(change).isInstanceOf(StoreChange.OfNothing.class);
              assertThat(change.path()).isEqualTo("versions/api");
              assertThat(change.problem()).contains("copied from another key in etcd");
            });
  }

  @Test
  @DisplayName("in versions of earlier releases is plain, and is read as it is")
  void plainVersions() throws InvalidServiceException {
    String plain = Json.write(versions(DEFINITION, "listen 80"));
    put(raw, "versions/web", plain);
    assertThat(get(with(A), "versions/web").text()).isEqualTo(plain);
    assertThat(get(with(A), "versions/web").sealing().isPlain()).isTrue();
  }

  @Test
  @DisplayName("is not written into versions that are not JSON; those that are there are read")
  void noJson() {
    put(raw, "versions/web", "{\"contents\":{\"secrets/key\":\"eA==\"");
    assertThat(get(with(A), "versions/web").text()).startsWith("{\"contents\"");
    assertThatThrownBy(() -> put(with(A), "versions/web", "{\"contents\":{\"secrets/key\":"))
        .isInstanceOf(EtcdException.class)
        .hasMessageContaining("cannot be encrypted");
  }

  @Test
  @DisplayName("never shows its keys")
  void hiddenKeys() {
    assertThat(B_THEN_A).hasToString("encryption keys [b, a]");
    assertThatThrownBy(() -> A.with("a", bytes(3))).hasMessage("two keys are named \"a\"");
    assertThatThrownBy(() -> A.with("b", new byte[16]))
        .hasMessage("the key \"b\" has 16 bytes, not 32");
    assertThatThrownBy(() -> A.with("b:c", bytes(3))).hasMessageContaining("is not the name");
  }
}
