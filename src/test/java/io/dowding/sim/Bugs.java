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
 * Hooks around the core where a bug can be planted, to see that the tests find it. This class
 * plants none; see {@link PlantedBugs} for the catalogue.
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

  /** Reads the changes that a watch delivered. */
  Event.StoreChanged read(WatchReader reader, long header, List<Kv.Change> changes) {
    return reader.read(header, changes);
  }

  /** Returns the event that reaches the agent, or null to drop it. */
  @Nullable Event hears(Event event) {
    return event;
  }

  void heard(Performer performer, Event event) {
    performer.heard(event);
  }

  Controller.Decision decide(Controller controller, List<Event> events, Instant now) {
    return controller.step(events, now);
  }

  /** Returns the part of the scope that is planned again. */
  Scope forgets(Scope scope) {
    return scope;
  }

  /** The settings of an agent. */
  Settings settings(Settings settings) {
    return settings;
  }

  /** The clock of an agent. */
  Instant clock(Instant now) {
    return now;
  }

  /** Called when an agent is asked to stop. */
  void stops(Simulation sim) {
    // Running containers are left alone.
  }

  /** Returns the action that the agent performs, or null to skip it. */
  @Nullable Action does(Action action) {
    return action;
  }
}
