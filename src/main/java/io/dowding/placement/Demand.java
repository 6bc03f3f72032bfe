package io.dowding.placement;

import io.dowding.model.Availability;
import io.dowding.model.Constraint;
import io.dowding.model.Service;
import java.util.List;

/**
 * The part of a request that many requests share and that does not change as jobs are placed. Hosts
 * are kept in order for each demand. Excludes constraints on hostnames, which differ too much.
 */
record Demand(
    List<Constraint> constraints,
    Abilities abilities,
    Service.Strategy strategy,
    List<String> spreadOver) {

  static Demand of(Service service) {
    Service.Placement placement = service.placement();
    List<Constraint> constraints = placement.constraints();
    return new Demand(
        constraints.stream().anyMatch(Constraint::isOfHostname)
            ? constraints.stream().filter(constraint -> !constraint.isOfHostname()).toList()
            : constraints,
        Abilities.of(service.container()).inWholeCpus(),
        placement.strategy(),
        placement.spreadOver());
  }

  /** Whether a host can meet it, whatever its load. */
  boolean admits(Candidate candidate) {
    if (candidate.word() != Availability.ACTIVE || candidate.unusable() != null) {
      return false;
    }
    for (Constraint constraint : constraints) {
      if (!constraint.holds(candidate.host())) {
        return false;
      }
    }
    return abilities.lacks(candidate.engine()) == null;
  }
}
