package io.dowding.it;

import static org.awaitility.Awaitility.await;

import io.dowding.docker.EngineApi;
import io.dowding.docker.RealEngine;
import io.dowding.sim.EngineContract;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Docker Engine contract: real")
class RealEngineIT extends EngineContract {

  @Override
  protected EngineApi connect() {
    return RealEngine.at(Testbed.shared().hosts().getFirst().endpoint());
  }

  @Override
  protected String image() {
    return Testbed.IMAGE;
  }

  @Override
  protected void eventually(BooleanSupplier wanted) {
    await().atMost(Duration.ofSeconds(30)).until(wanted::getAsBoolean);
  }

  @Override
  protected void disconnect(String network, String id) {
    Testbed.shared()
        .hosts()
        .getFirst()
        .docker()
        .disconnectFromNetworkCmd()
        .withNetworkId(network)
        .withContainerId(id)
        .exec();
  }

  @Override
  protected void pass(Duration time) {
    await().pollDelay(time).until(() -> true);
  }
}
