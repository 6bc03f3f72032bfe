package io.dowding.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dowding.http.RoomAccess.Asked;
import io.dowding.http.RoomAccess.Verdict;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Access to the ops room")
class RoomAccessTest {

  private static final String TOKEN = "a+long token&of=some length";
  private static final Verdict ALLOWED = new Verdict.Allowed();

  private static RoomAccess local() {
    return new RoomAccess(true, 9311, () -> null);
  }

  private static RoomAccess withToken() {
    return new RoomAccess(false, 9311, () -> TOKEN);
  }

  private static Asked asked(
      @Nullable String host,
      @Nullable String query,
      @Nullable String authorization,
      @Nullable String cookies) {
    return new Asked(host, query, authorization, cookies, null, null);
  }

  private static String refusal(Verdict verdict) {
    return verdict instanceof Verdict.Refused(int status, String why)
        ? status + " " + why.strip()
        : verdict.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1:9311", "localhost:9311", "localhost:8080", "[::1]:9311", "localhost"})
  @DisplayName("without a token, this machine is served, also through a tunnel to another port")
  void local(String host) {
    assertThat(local().check(asked(host, null, null, null))).isEqualTo(ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example:9311", "127.0.0.1.evil.example", "localhost.:9311", "[::2]", ""})
  @DisplayName("a page of another site that resolves to this machine is refused by its name")
  void rebinding(String host) {
    assertThat(refusal(local().check(asked(host, null, null, null))))
        .isEqualTo(
            "403 Without a token, the ops room answers only as 127.0.0.1 or localhost. Open it"
                + " under one of these names, or set http.tokenFile in the agent's configuration.");
    assertThat(local().check(asked(null, null, null, null))).isNotEqualTo(ALLOWED);
  }

  @ParameterizedTest
  @CsvSource({
    "cross-site,no-cors,false",
    "cross-site,cors,false",
    "same-site,no-cors,false",
    "cross-site,navigate,true",
    "same-origin,cors,true",
    "none,navigate,true"
  })
  @DisplayName("a page of another site can link to it, but makes the agent read nothing")
  void otherSites(String site, String mode, boolean allowed) {
    Asked asked = new Asked("localhost:9311", null, null, null, site, mode);
    assertThat(local().check(asked).equals(ALLOWED)).isEqualTo(allowed);
  }

  @Test
  @DisplayName("other machines see nothing until there is a token; the answer names the setting")
  void noToken() {
    RoomAccess open = new RoomAccess(false, 9311, () -> null);
    assertThat(refusal(open.check(asked("10.0.0.1:9311", null, null, null))))
        .startsWith("403 The ops room is shown to other machines only with a token")
        .contains("http.tokenFile");
  }

  @Test
  @DisplayName("if the token cannot be read, every request is refused")
  void unreadable() {
    RoomAccess broken =
        new RoomAccess(
            true,
            9311,
            () -> {
              throw new IllegalStateException("http.tokenFile: /x cannot be read");
            });
    assertThat(refusal(broken.check(asked("localhost", null, null, null))))
        .isEqualTo("403 http.tokenFile: /x cannot be read");
  }

  @Test
  @DisplayName("the token in the address is exchanged for a cookie, which is not the token")
  void cookie() {
    Verdict entered =
        withToken()
            .check(asked("h", "x=1&token=a%2Blong%20token%26of%3Dsome%20length", null, null));
    assertThat(entered).isInstanceOf(Verdict.Entered.class);
    String cookie = ((Verdict.Entered) entered).cookie();
    assertThat(cookie).matches("dowding-9311=[0-9a-f]{64}; Path=/room/; HttpOnly; SameSite=Strict");
    String value = cookie.substring(0, cookie.indexOf(';'));
    assertThat(withToken().check(asked("h", null, null, "other=1; " + value))).isEqualTo(ALLOWED);
    RoomAccess changed = new RoomAccess(false, 9311, () -> "another token of that length");
    assertThat(changed.check(asked("h", null, null, value))).isNotEqualTo(ALLOWED);
  }

  @Test
  @DisplayName("a program sends it in a header")
  void bearer() {
    assertThat(withToken().check(asked("h", null, "Bearer " + TOKEN, null))).isEqualTo(ALLOWED);
    assertThat(withToken().check(asked("h", null, "Basic " + TOKEN, null))).isNotEqualTo(ALLOWED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"token=wrong", "token=", "token=%zz", "nottoken=1"})
  @DisplayName("without the right one, even this machine is refused")
  void wrong(String query) {
    RoomAccess local = new RoomAccess(true, 9311, () -> TOKEN);
    assertThat(refusal(local.check(asked("localhost", query, null, "dowding-9311=00"))))
        .startsWith("401 ")
        .contains("?token=");
  }
}
