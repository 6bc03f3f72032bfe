package io.dowding.plan;

import io.dowding.model.Allocation;
import io.dowding.model.Names;
import io.dowding.model.Pin;
import io.dowding.model.Service;
import io.dowding.model.Service.PinRule;
import io.dowding.placement.PinChain;
import org.jspecify.annotations.Nullable;

/** Finds the pin that applies to a job, and its host. */
final class Pins {

  /** Where pins place a job. */
  sealed interface Place {
    record Free() implements Place {
      @Override
      public String beside() {
        return "";
      }
    }

    /**
     * On a host.
     *
     * @param isAuto whether this is the agent's own pin, to local data
     */
    record At(String host, String why, boolean isAuto, String beside) implements Place {}

    /** Pinned to a job that has no host yet. */
    record Waiting(String why, String beside) implements Place {}

    /** The service whose host it shares, or empty. */
    String beside();
  }

  private final Pass pass;
  private final Situation situation;
  private final PinChain chain;

  Pins(Pass pass) {
    this.pass = pass;
    this.situation = pass.situation;
    this.chain = new PinChain(this::pin, situation.allocations().all(), this::parentOf);
  }

  /**
   * In order of precedence: a person's pin of the job, of the service, the service's own pin, the
   * agent's pin of the job (unless its host is gone), the parent. Jobs of global services have no
   * pins.
   */
  Place placeOf(String job, Service service) {
    if (service.isGlobal()) {
      return new Place.Free();
    }
    Pin ofJob = situation.pins().get(job);
    Pin ofService = situation.pins().get(service.name());
    if (ofJob != null && !PinChain.isAuto(ofJob)) {
      return resolve(job, ofJob, "pins/" + job);
    }
    if (ofService != null) {
      return resolve(job, ofService, "pins/" + service.name());
    }
    if (service.pin() instanceof PinRule.ToHost(String hostname)) {
      return new Place.At(hostname, "pinned to " + hostname + " by its service", false, "");
    }
    if (ofJob instanceof Pin.ToHost(String hostname, boolean _) && !isGone(job, hostname)) {
      return new Place.At(hostname, "pinned to " + hostname + ", where its data is", true, "");
    }
    String parent = service.parent();
    return parent == null ? new Place.Free() : beside(job, parent, "its parent");
  }

  private boolean isGone(String job, String hostname) {
    Allocation record = situation.allocations().get(job);
    // A word about a host concerns all that are recorded there, whoever asks.
    if (record == null || !record.host().equals(hostname)) {
      pass.readsHost(hostname);
    }
    return situation.gone().contains(hostname);
  }

  private @Nullable Pin pin(String id) {
    pass.reads(Names.serviceOf(id));
    return situation.pins().get(id);
  }

  private @Nullable String parentOf(String name) {
    pass.reads(name);
    Service service = situation.services().get(name);
    return service == null ? null : service.parent();
  }

  /** Whether anything other than load decides where this service's jobs go. */
  boolean isPinned(Service service) {
    return service.parent() != null
        || service.pin() instanceof PinRule.ToHost
        || situation.pins().containsKey(service.name())
        || !situation.pins().subMap(service.name() + ".", service.name() + "/").isEmpty();
  }

  private Place resolve(String job, Pin pin, String key) {
    return switch (pin) {
      case Pin.ToHost(String hostname, boolean _) ->
          new Place.At(hostname, "pinned to " + hostname + " by " + key, false, "");
      case Pin.ToJob(String target) -> beside(job, target, key);
      case Pin.Unreadable(String problem) ->
          new Place.Waiting(key + ": " + problem + "; or delete the key", "");
    };
  }

  private Place beside(String job, String target, String by) {
    String other = Names.serviceOf(target);
    pass.reads(other);
    String loop = chain.loop(job, target);
    if (loop != null) {
      return new Place.Waiting("pin loop: " + loop + "; change one of these pins", other);
    }
    Allocation record = chain.allocationOf(target);
    return record == null
        ? new Place.Waiting(
            "waiting for " + target + " (" + by + "), which is not placed yet", other)
        : new Place.At(
            record.host(),
            "beside " + record.job() + " on " + record.host() + " (" + by + ")",
            false,
            other);
  }
}
