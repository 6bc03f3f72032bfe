package io.dowding.plan;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What to do now, how every job stands, and when to look again if nothing happens before.
 *
 * @param rollouts by service
 * @param spared jobs that nobody wants, from before etcd lost its memory, whose containers are left
 * @param wake null if only an event can change anything
 */
public record Plan(
    List<Action> actions,
    SortedMap<String, JobView> jobs,
    SortedMap<String, RolloutView> rollouts,
    Set<String> spared,
    @Nullable Instant wake) {}
