package io.dowding.control;

import io.dowding.keys.HostStatus;
import io.dowding.keys.Versions;
import io.dowding.plan.Plan;
import io.dowding.plan.Situation;
import java.util.Map;
import java.util.SortedMap;

/**
 * What a leader would do now.
 *
 * @param versions what is kept of each service
 * @param holds what is held, and how to release it; if everything is held, the plan is what would
 *     be done otherwise
 * @param situation what the plan follows from
 */
public record Preview(
    Plan plan,
    Map<String, Versions> versions,
    SortedMap<String, HostStatus.Hold> holds,
    Situation situation) {}
