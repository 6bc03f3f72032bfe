package io.dowding.fuzz;

import io.dowding.control.Controller;
import io.dowding.control.Event;
import io.dowding.etcd.KeyLister;
import io.dowding.etcd.Kv;
import io.dowding.etcd.Transactions;
import io.dowding.model.Host;
import io.dowding.plan.Action;
import io.dowding.plan.Settings;
import io.dowding.sim.FakeInfo;
import io.etcd.jetcd.ByteSequence;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Runs a whole agent that reads a key, decides, and publishes the result. */
final class StepTarget implements Target {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int MOST_STATUS_BYTES = 64 * 1024;
  private final KeyTarget keys = new KeyTarget();

  @Override
  public String name() {
    return "step";
  }

  @Override
  public Input input(SplittableRandom random) {
    return keys.input(random);
  }

  private static Kv.Entry entry(String key, String value) {
    return KeyTarget.entry(key, value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void read(Input input) {
    OneKey etcd =
        new OneKey(
            List.of(
                entry("cluster", "{\"uuid\":\"uuid\",\"floor\":0}"),
                entry("leader/1a", "{\"name\":\"me\"}"),
                entry("services/other", "{\"image\":\"demo\"}"),
                KeyTarget.entry(input.name(), input.value())));
    KeyLister.Listing listing = new KeyLister(KeyTarget.BASE).list(etcd, true);
    Controller controller =
        new Controller(
            Settings.DEFAULT,
            new Controller.Origin(KeyTarget.BASE, "fresh", null, 0),
            false,
            false);
    TreeMap<String, Host> hosts = new TreeMap<>();
    hosts.put("host1", new Host("host1", "tcp://host1:2375", Set.of(), Map.of()));
    Event.StoreListed listed =
        new Event.StoreListed(listing.revision(), listing.keys(), listing.recalled());
    Event.Standing leads = new Event.Standing("1a", 9, NOW.plus(Duration.ofHours(1)));
    var _ = controller.step(List.of(new Event.InventoryRead(hosts), listed, leads), NOW);
    Event.HostListed host =
        new Event.HostListed("host1", FakeInfo.of("id"), NOW, List.of(), Set.of());
    Controller.Decision decision = controller.step(List.of(listed, host), NOW.plusSeconds(1));
    for (Action action : decision.actions()) {
      if (action instanceof Action.Write write) {
        write(etcd, write);
      }
    }
    boolean otherIsServed =
        input.name().startsWith("cluster")
            || input.name().startsWith("leader")
            || input.name().startsWith("allocations")
            || input.name().startsWith("status/h")
            || input.name().startsWith("services/other")
            || input.name().startsWith("pins/other")
            || input.name().startsWith("hosts/host1")
            || decision.actions().stream()
                .anyMatch(
                    action ->
                        action instanceof Action.Allocate allocate
                            && allocate.changes().stream()
                                .anyMatch(change -> change.record().job().equals("other.1")));
    if (!otherIsServed) {
      throw new IllegalStateException("the other service does not run: " + decision.actions());
    }
  }

  private static void write(OneKey etcd, Action.Write action) {
    Transactions transactions =
        new Transactions(
            etcd, KeyTarget.BASE, () -> new Kv.Compare.Created(KeyTarget.BASE + "/leader/1a", 9));
    Event.Written written = transactions.write(action);
    if (!written.done() || !written.refused().isEmpty()) {
      throw new IllegalStateException("not published: " + written.refused());
    }
    for (Kv.Write write : etcd.written) {
      if (write instanceof Kv.Write.Put(String key, ByteSequence value, long _)
          && !key.contains("/versions/")
          && value.size() > MOST_STATUS_BYTES) {
        throw new IllegalStateException(key + " has " + value.size() + " bytes");
      }
    }
  }
}
