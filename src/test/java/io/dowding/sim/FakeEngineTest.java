package io.dowding.sim;

import io.dowding.docker.EngineApi;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Docker Engine contract: simulated")
class FakeEngineTest extends EngineContract {

  private final VirtualTime time = new VirtualTime();
  private final FakeEngine engine = new FakeEngine(time, "engine", new FakeRegistry(image()));

  @Override
  protected EngineApi connect() {
    time.pass(Duration.ofSeconds(1));
    engine.pull(image(), text -> {});
    return engine;
  }

  @Override
  protected String image() {
    return "demo";
  }

  @Override
  protected void eventually(BooleanSupplier wanted) {
    for (int n = 0; n < 300; n++) {
      if (wanted.getAsBoolean()) {
        return;
      }
      pass(Duration.ofMillis(100));
    }
    throw new AssertionError("the condition was not met in time");
  }

  @Override
  protected void disconnect(String network, String id) {
    engine.disconnect(network, id);
  }

  @Override
  protected void pass(Duration span) {
    time.pass(span);
  }
}
