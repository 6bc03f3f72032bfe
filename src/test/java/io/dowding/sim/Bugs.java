package io.dowding.sim;

import io.dowding.control.Controller;
import io.dowding.control.Event;
import io.dowding.control.Performer;
import io.dowding.control.Store;
import io.dowding.docker.EngineApi;
import io.dowding.etcd.Kv;
import io.dowding.etcd.WatchReader;
import io.dowding.plan.Action;
import io.dowding.plan.Scope;
import io.dowding.plan.Settings;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a mistake can be planted around the core, to see that it is found. This one plants none;
 * the catalogue is in {@link PlantedBugs}.
 */
class Bugs {

  Kv around(Kv kv) {
    return kv;
  }

  Store around(Store store) {
    return store;
  }

  EngineApi around(EngineApi engine) {
    return engine;
  }

  Kv.@Nullable Compare fence(Kv.@Nullable Compare fence) {
    return fence;
  }

  boolean stillHolds(boolean holds) {
    return holds;
  }

  /** What a watch told, as it is read. */
  Event.StoreChanged read(WatchReader reader, long header, List<Kv.Change> changes) {
    return reader.read(header, changes);
  }

  /** What an agent hears, or null. */
  @Nullable Event hears(Event event) {
    return event;
  }

  void heard(Performer performer, Event event) {
    performer.heard(event);
  }

  Controller.Decision decide(Controller controller, List<Event> events, Instant now) {
    return controller.step(events, now);
  }

  /** Of what is to be planned again, all that is not forgotten. */
  Scope forgets(Scope scope) {
    return scope;
  }

  /** With what an agent is configured. */
  Settings settings(Settings settings) {
    return settings;
  }

  /** What an agent's clock says. */
  Instant clock(Instant now) {
    return now;
  }

  /** An agent is asked to stop. */
  void stops(Simulation sim) {
    // Nothing: what runs goes on.
  }

  /** What an agent does, or null. */
  @Nullable Action does(Action action) {
    return action;
  }
}
