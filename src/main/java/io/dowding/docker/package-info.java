/**
 * docker-java and Resilience4j behind {@link io.dowding.control.Engines}. Each host has a {@link
 * io.dowding.docker.Lane}: one virtual thread that connects, listens, lists and pings, and beside
 * it the calls that the loop makes, each with a deadline, behind the host's own circuit breaker and
 * bulkhead. A host that hangs hangs alone.
 */
@NullMarked
package io.dowding.docker;

import org.jspecify.annotations.NullMarked;
