package io.dowding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dowding.etcd.EtcdKeys;
import io.dowding.etcd.EtcdKeys.Step;
import io.dowding.etcd.Keyring;
import io.dowding.etcd.Kv;
import io.dowding.etcd.SealedKv;
import io.dowding.sim.FakeEtcd;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An edit of several keys")
class EditTest {

  private static final String USER = "{\"image\":\"a\",\"secrets\":[\"shop_key\"]}";

  private final Kv kv = new FakeEtcd(() -> Instant.EPOCH).client();
  private final EtcdKeys keys = new EtcdKeys(kv, "/d");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cluster",
        "sequence",
        "pins/web",
        "services/",
        "services/Web",
        "services/a/b",
        "configs/",
        "secrets/a/b",
        "status/services/web",
        ""
      })
  @DisplayName("removes only services, configs and secrets")
  void onlyKeysOfItsKinds(String key) {
    keys.put(key, "there");
    Edit edit = new Edit(keys);

    assertThatThrownBy(() -> edit.remove(key))
        .isInstanceOf(SchedulerException.InvalidJob.class)
        .hasMessageContaining("\"" + key + "\" is not the key of a service");
    assertThat(edit.steps()).isEmpty();
  }

  /** Removes a project with one service and its secret; this number of other services exists. */
  private Edit down(int others) {
    for (int n = 0; n < others; n++) {
      keys.put("services/other" + n, "{\"image\":\"a\"}");
    }
    keys.put("services/shop-web", USER);
    keys.put("secrets/shop_key", "s");
    Edit edit = new Edit(keys);
    assertThat(edit.services()).hasSize(others + 1);
    edit.remove("services/shop-web");
    edit.remove("secrets/shop_key");
    return edit;
  }

  @Test
  @DisplayName("writes a secret again if it is not encrypted and could be, and no other")
  void encrypts() {
    EtcdKeys encrypting =
        new EtcdKeys(new SealedKv(kv, "/d", Keyring.EMPTY.with("a", new byte[32])), "/d");
    keys.put("secrets/key", "s");
    Edit first = new Edit(encrypting);
    first.putContent("secrets/key", "s");
    assertThat(first.results()).containsEntry("secrets/key", Scheduler.Added.CHANGED);
    assertThat(encrypting.commit(first.steps())).isTrue();
    Edit second = new Edit(encrypting);
    second.putContent("secrets/key", "s");
    assertThat(second.results()).containsEntry("secrets/key", Scheduler.Added.SAME);
  }

  @Test
  @DisplayName("without the key neither reads an encrypted secret nor replaces it by a plain one")
  void withoutKey() {
    Keyring keyring = Keyring.EMPTY.with("a", new byte[32]);
    new EtcdKeys(new SealedKv(kv, "/d", keyring), "/d").put("secrets/key", "s");
    Edit edit = new Edit(new EtcdKeys(new SealedKv(kv, "/d", Keyring.EMPTY), "/d"));
    for (ThrowingCallable call :
        List.<ThrowingCallable>of(
            () -> edit.content("secrets/key"), () -> edit.putContent("secrets/key", "s"))) {
      assertThatThrownBy(call)
          .isInstanceOf(SchedulerException.InvalidJob.class)
          .hasMessageContaining("there is no encryption key \"a\" in the configuration");
    }
    edit.remove("secrets/key");
    assertThat(edit.results()).containsEntry("secrets/key", Scheduler.Added.REMOVED);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 126, 127, 300})
  @DisplayName("removes a secret only if the services that it read have not changed")
  void stillUnused(int others) {
    Edit edit = down(others);
    keys.put("services/other0", USER);

    assertThat(keys.commit(edit.steps())).isFalse();
    assertThat(keys.all("secrets/")).hasSize(1);
    assertThat(keys.all("services/")).hasSize(others + 1);

    assertThat(keys.commit(down(others).steps())).isTrue();
    assertThat(keys.all("secrets/")).isEmpty();
    assertThat(keys.all("services/")).hasSize(others);
  }

  @Test
  @DisplayName("is compared even if it changes nothing")
  void onlyChecks() {
    keys.put("secrets/shop_key", "s");
    Edit edit = new Edit(keys);
    edit.putContent("secrets/shop_key", "s");
    assertThat(edit.steps()).singleElement().isInstanceOf(Step.Check.class);

    assertThat(keys.commit(edit.steps())).isTrue();
    keys.put("secrets/shop_key", "another");
    assertThat(keys.commit(edit.steps())).isFalse();
    assertThat(keys.commit(List.of())).isTrue();
  }
}
