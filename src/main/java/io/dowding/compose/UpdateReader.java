package io.dowding.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.dowding.model.UpdateConfig;
import io.dowding.model.UpdateConfig.OnFailure;
import io.dowding.model.UpdateConfig.Order;
import java.time.Duration;

/**
 * {@code deploy.update_config} and {@code deploy.rollback_config}. Fields that rollback_config
 * leaves out are taken from update_config: a service that must never run too few jobs must not do
 * so during a rollback either.
 */
final class UpdateReader {

  private static final int MOST = 10_000;

  private UpdateReader() {}

  static UpdateConfig update(Fields deploy) {
    return read(deploy.object("update_config"), UpdateConfig.DEFAULT, true);
  }

  static UpdateConfig rollback(Fields deploy, UpdateConfig update) {
    return read(deploy.object("rollback_config"), update, false);
  }

  private static UpdateConfig read(Fields config, UpdateConfig otherwise, boolean mayRollBack) {
    Duration delay = config.text("delay", "a duration such as 10s", Texts::duration);
    OnFailure onFailure =
        config.word(
            "failure_action",
            mayRollBack ? "pause, continue or rollback" : "pause or continue",
            text ->
                switch (text) {
                  case "pause" -> OnFailure.PAUSE;
                  case "continue" -> OnFailure.CONTINUE;
                  case "rollback" -> mayRollBack ? OnFailure.ROLLBACK : null;
                  default -> null;
                });
    Duration monitor = config.text("monitor", "a duration such as 10s", Texts::duration);
    Order order =
        config.text(
            "order",
            "stop-first or start-first",
            text ->
                switch (text) {
                  case "stop-first" -> Order.STOP_FIRST;
                  case "start-first" -> Order.START_FIRST;
                  default -> null;
                });
    UpdateConfig read =
        new UpdateConfig(
            (int) config.number("parallelism", otherwise.parallelism(), 0, MOST),
            delay == null ? otherwise.delay() : delay,
            onFailure == null ? OnFailure.PAUSE : onFailure,
            monitor == null ? otherwise.monitor() : monitor,
            ratio(config, otherwise.maxFailureRatio()),
            order == null ? otherwise.order() : order);
    config.refuseOthers();
    return read;
  }

  private static double ratio(Fields config, double otherwise) {
    JsonNode ratio = config.get("max_failure_ratio");
    if (ratio == null) {
      return otherwise;
    }
    double value = ratio.isNumber() || ratio.isTextual() ? ratio.asDouble(-1) : -1;
    if (!(value >= 0 && value <= 1)) {
      config.problem("max_failure_ratio", Fields.show(ratio) + " is not a number from 0 to 1");
      return 0;
    }
    return value;
  }
}
