/**
 * Which host, and why not the others. A {@link io.dowding.placement.Fleet} is what stands where at
 * one moment; {@link io.dowding.placement.Filters} say which hosts a job can go to, each with a
 * reason for a refusal; {@link io.dowding.placement.Ranking} says which of those is best. The same
 * fleet and the same request always give the same host.
 *
 * <p>That every filter explains itself is swarmkit's idea; that it does so for each host by name is
 * what its users asked for.
 */
@NullMarked
package io.dowding.placement;

import org.jspecify.annotations.NullMarked;
