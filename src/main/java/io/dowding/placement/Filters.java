package io.dowding.placement;

import io.dowding.model.Availability;
import io.dowding.model.Constraint;
import io.dowding.model.Port;
import io.dowding.model.Service.Placement;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The conditions that a host must meet, each with a reason for a refusal. */
public final class Filters {

  /** One condition. */
  @FunctionalInterface
  public interface Filter {
    /** Why the host does not fit, as half a sentence after {@code host1: }, or null if it fits. */
    @Nullable String refuse(Request request, Candidate candidate);
  }

  /** Conditions that are not part of a {@link Demand}: the host's load and setting. */
  private static final List<Filter> FOR_NOW =
      List.of(Room::lacks, Filters::ports, Filters::perHost, Filters::notAvoided);

  private static final List<Filter> ALL =
      Stream.concat(
              Stream.of(
                  Filters::availability, Filters::usable, Filters::constraints, Filters::abilities),
              FOR_NOW.stream())
          .toList();

  /** Conditions that a pin does not override, because nothing can be started there. */
  private static final List<Filter> PINNED =
      List.of(Filters::gone, Filters::usable, Filters::abilities, Room::lacks, Filters::ports);

  private Filters() {}

  /** The first reason why this host cannot be chosen for this job, or null if it can. */
  public static @Nullable String refuse(Request request, Candidate candidate) {
    return first(ALL, request, candidate);
  }

  /** Whether a host that the request's {@link Demand} admits can be chosen for this job. */
  static boolean fitsForNow(Request request, Candidate candidate) {
    for (Constraint constraint : request.service().placement().constraints()) {
      if (constraint.isOfHostname() && !constraint.holds(candidate.host())) {
        return false;
      }
    }
    return first(FOR_NOW, request, candidate) == null;
  }

  /** The first reason why a job cannot be started on the host it is pinned to, or null. */
  public static @Nullable String refusePinned(Request request, Candidate candidate) {
    return first(PINNED, request, candidate);
  }

  /** Why a job on this host should not have been placed there, or null. */
  public static @Nullable String constraints(Request request, Candidate candidate) {
    for (Constraint constraint : request.service().placement().constraints()) {
      if (!constraint.holds(candidate.host())) {
        return constraint + " does not hold";
      }
    }
    return null;
  }

  /** What the host has too little of for a job's reservation, with figures, or null. */
  public static @Nullable String room(Request request, Candidate candidate) {
    return Room.lacks(request, candidate);
  }

  private static @Nullable String first(
      List<Filter> filters, Request request, Candidate candidate) {
    for (Filter filter : filters) {
      String reason = filter.refuse(request, candidate);
      if (reason != null) {
        return reason;
      }
    }
    return null;
  }

  private static @Nullable String availability(Request request, Candidate candidate) {
    return switch (candidate.word()) {
      case ACTIVE -> null;
      case PAUSE -> "paused";
      case DRAIN -> "drained";
      case GONE -> "marked gone";
    };
  }

  private static @Nullable String gone(Request request, Candidate candidate) {
    return candidate.word() == Availability.GONE ? "marked gone" : null;
  }

  private static @Nullable String usable(Request request, Candidate candidate) {
    return candidate.unusable();
  }

  private static @Nullable String abilities(Request request, Candidate candidate) {
    return Abilities.of(request.service().container()).lacks(candidate.engine());
  }

  private static @Nullable String ports(Request request, Candidate candidate) {
    for (Port wanted : request.service().container().ports()) {
      for (Candidate.Taken taken : candidate.taken()) {
        if (!taken.by().equals(request.job()) && wanted.collidesWith(taken.port())) {
          return "port " + wanted.published() + " is taken by " + taken.by();
        }
      }
    }
    return null;
  }

  private static @Nullable String perHost(Request request, Candidate candidate) {
    Placement placement = request.service().placement();
    if (!placement.exclusive() && placement.maxPerHost() == 0) {
      return null;
    }
    int siblings = candidate.siblings(request.job());
    if (placement.exclusive() && siblings > 0) {
      return "has another job of this exclusive service";
    }
    if (placement.maxPerHost() > 0 && siblings >= placement.maxPerHost()) {
      return "has " + siblings + " of at most " + placement.maxPerHost() + " jobs of this service";
    }
    return null;
  }

  private static @Nullable String notAvoided(Request request, Candidate candidate) {
    return request.avoid().get(candidate.host().hostname());
  }
}
