package io.dowding.it;

import static org.awaitility.Awaitility.await;

import io.dowding.etcd.Etcd;
import io.dowding.etcd.EtcdSettings;
import io.dowding.etcd.Kv;
import io.dowding.sim.EtcdContract;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;

@DisplayName("etcd contract: real")
class RealEtcdIT extends EtcdContract {

  @Override
  protected Kv connect() {
    return new Etcd(EtcdSettings.at(Testbed.shared().etcdEndpoint()));
  }

  @Override
  protected void eventually(BooleanSupplier wanted) {
    await().atMost(Duration.ofSeconds(15)).until(wanted::getAsBoolean);
  }

  @Override
  protected void pass(Duration time) {
    await().pollDelay(time).until(() -> true);
  }

  @Override
  protected void compact(long revision) {
    Testbed.shared().etcd().getKVClient().compact(revision).join();
  }
}
