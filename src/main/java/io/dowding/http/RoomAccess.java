package io.dowding.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may see the ops room: holders of the token or, without one, this machine. A page of
 * another site that resolves to this machine is refused by the name that it was asked for.
 * Thread-safe.
 */
final class RoomAccess {

  private static final Set<String> OWN_NAMES = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final Set<String> OWN_SITES = Set.of("same-origin", "none");
  private static final String QUERY = "token=";
  private static final String BEARER = "Bearer ";

  private final boolean loopback;
  private final String cookie;
  private final Supplier<@Nullable String> token;

  /** What to do with a request. */
  sealed interface Verdict {
    record Allowed() implements Verdict {}

    /**
     * Allowed, and to be asked again without the token in the address.
     *
     * @param cookie to set
     */
    record Entered(String cookie) implements Verdict {}

    /**
     * @param why what to do about it
     */
    record Refused(int status, String why) implements Verdict {}
  }

  /** What a request brings; null for what is missing. */
  record Asked(
      @Nullable String host,
      @Nullable String query,
      @Nullable String authorization,
      @Nullable String cookies,
      @Nullable String fetchSite,
      @Nullable String fetchMode) {

    /** Whether a page of another site asks. A browser gives it nothing of the answer anyway. */
    private boolean isOfAnotherSite() {
      return fetchSite != null && !OWN_SITES.contains(fetchSite) && !"navigate".equals(fetchMode);
    }
  }

  /**
   * @param loopback whether only this machine can connect
   * @param port for the name of the cookie: those of one machine share its cookies
   * @param token the current one, or null if there is none; throws IllegalStateException with the
   *     reason if it cannot be read
   */
  RoomAccess(boolean loopback, int port, Supplier<@Nullable String> token) {
    this.loopback = loopback;
    this.cookie = "dowding-" + port;
    this.token = token;
  }

  Verdict check(Asked asked) {
    if (asked.isOfAnotherSite()) {
      return new Verdict.Refused(403, "Only the page of the ops room itself may read this.\n");
    }
    String current;
    try {
      current = token.get();
    } catch (IllegalStateException unreadable) {
      return new Verdict.Refused(403, unreadable.getMessage() + "\n");
    }
    if (current != null) {
      return withToken(asked, current);
    }
    if (!loopback) {
      return new Verdict.Refused(
          403,
          "The ops room is shown to other machines only with a token: write one of at least 16"
              + " characters into a file that only the agent's user can read, name it in"
              + " http.tokenFile of the agent's configuration, and restart the agent.\n");
    }
    return OWN_NAMES.contains(name(asked.host()))
        ? new Verdict.Allowed()
        : new Verdict.Refused(
            403,
            "Without a token, the ops room answers only as 127.0.0.1 or localhost. Open it under"
                + " one of these names, or set http.tokenFile in the agent's configuration.\n");
  }

  private static String name(@Nullable String host) {
    return host == null ? "" : host.replaceFirst(":\\d*$", "");
  }

  private Verdict withToken(Asked asked, String current) {
    byte[] wanted = digest(current);
    String given = parameter(asked.query());
    if (given != null && MessageDigest.isEqual(wanted, digest(given))) {
      return new Verdict.Entered(
          cookie
              + "="
              + HexFormat.of().formatHex(wanted)
              + "; Path=/room/; HttpOnly; SameSite=Strict");
    }
    String authorization = asked.authorization();
    boolean bears =
        authorization != null
            && authorization.startsWith(BEARER)
            && MessageDigest.isEqual(
                wanted, digest(authorization.substring(BEARER.length()).strip()));
    if (bears || hasCookie(asked.cookies(), wanted)) {
      return new Verdict.Allowed();
    }
    return new Verdict.Refused(
        401,
        (given == null ? "The ops room needs a token" : "This is not the token")
            + ": open this page once with ?token= and the content of http.tokenFile, or send it in"
            + " the header Authorization: Bearer.\n");
  }

  private static @Nullable String parameter(@Nullable String query) {
    if (query == null) {
      return null;
    }
    try {
      return Arrays.stream(query.split("&", -1))
          .filter(part -> part.startsWith(QUERY))
          .map(part -> URLDecoder.decode(part.substring(QUERY.length()), StandardCharsets.UTF_8))
          .findFirst()
          .orElse(null);
    } catch (IllegalArgumentException malformed) {
      return "";
    }
  }

  private boolean hasCookie(@Nullable String cookies, byte[] wanted) {
    byte[] expected = HexFormat.of().formatHex(wanted).getBytes(StandardCharsets.US_ASCII);
    return cookies != null
        && Arrays.stream(cookies.split(";", -1))
            .map(String::strip)
            .filter(one -> one.startsWith(cookie + "="))
            .map(one -> one.substring(cookie.length() + 1).getBytes(StandardCharsets.UTF_8))
            .anyMatch(value -> MessageDigest.isEqual(expected, value));
  }

  /** The cookie has this instead of the token, which may be used elsewhere. */
  private static byte[] digest(String of) {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest(("dowding ops room " + of).getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
