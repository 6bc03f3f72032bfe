package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.RestartPolicy;
import io.dowding.model.RestartPolicy.Kind;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** {@code restart}, or {@code deploy.restart_policy}, which takes precedence as in Compose. */
final class RestartReader {

  private static final int MOST_ATTEMPTS = 999_999;

  private RestartReader() {}

  static RestartPolicy read(Fields service) {
    RestartPolicy own = restart(service);
    Fields policy = service.object("deploy").object("restart_policy");
    Kind kind =
        policy.word(
            "condition",
            "none, on-failure, any, always or unless-stopped",
            text ->
                switch (text) {
                  case "none" -> Kind.NO;
                  case "on-failure" -> Kind.ON_FAILURE;
                  case "any", "unless-stopped" -> Kind.UNLESS_STOPPED;
                  case "always" -> Kind.ALWAYS;
                  default -> null;
                });
    int attempts = (int) policy.number("max_attempts", 0, 0, MOST_ATTEMPTS);
    Duration delay = policy.text("delay", "a duration such as 5s", Texts::duration);
    Duration window = policy.text("window", "a duration such as 2m", Texts::duration);
    policy.refuseOthers();
    if (service.object("deploy").get("restart_policy") != null) {
      return new RestartPolicy(
          kind == null ? Kind.UNLESS_STOPPED : kind,
          attempts,
          delay == null ? Duration.ZERO : delay,
          window == null || window.isZero() ? RestartPolicy.DEFAULT_WINDOW : window);
    }
    return own == null ? RestartPolicy.DEFAULT : own;
  }

  private static @Nullable RestartPolicy restart(Fields fields) {
    JsonNode value = fields.get("restart");
    // YAML reads an unquoted no as false.
    if (value != null && value.isBoolean() && !value.asBoolean()) {
      return new RestartPolicy(Kind.NO, 0);
    }
    if (value != null && value.isTextual() && value.asText().isEmpty()) {
      return null;
    }
    return fields.text(
        "restart",
        "no, always, unless-stopped, on-failure or on-failure:3",
        text -> {
          if (text.matches("on-failure:\\d{1,6}")) {
            int most = Integer.parseInt(text.substring(text.indexOf(':') + 1));
            return new RestartPolicy(Kind.ON_FAILURE, most);
          }
          for (Kind kind : Kind.values()) {
            if (kind.word().equals(text)) {
              return new RestartPolicy(kind, 0);
            }
          }
          return null;
        });
  }
}
