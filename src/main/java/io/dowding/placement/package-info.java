/**
 * Chooses a host for a job and explains why not the others. A {@link io.dowding.placement.Fleet} is
 * the load of all hosts at one moment. {@link io.dowding.placement.Filters} reject hosts that
 * cannot run the job, each with a reason; {@link io.dowding.placement.Search} finds the best of the
 * rest. The same fleet and request always give the same host.
 *
 * <p>Filters that explain themselves come from swarmkit; naming each host is what its users asked
 * for.
 */
@NullMarked
package io.dowding.placement;

import org.jspecify.annotations.NullMarked;
