package io.dowding.sim;

import io.dowding.etcd.Kv;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;

@DisplayName("etcd contract: simulated")
class FakeEtcdTest extends EtcdContract {

  private final VirtualTime time = new VirtualTime();
  private final FakeEtcd etcd = new FakeEtcd(time);

  @Override
  protected Kv connect() {
    return etcd.client();
  }

  @Override
  protected void eventually(BooleanSupplier wanted) {
    for (int n = 0; n < 100; n++) {
      if (wanted.getAsBoolean()) {
        return;
      }
      pass(Duration.ofMillis(100));
    }
    throw new AssertionError("the condition was not met in time");
  }

  @Override
  protected void pass(Duration span) {
    time.pass(span);
    etcd.expire();
  }

  @Override
  protected void compact(long revision) {
    etcd.compact(revision);
  }
}
