/**
 * Docker Engines behind {@link io.dowding.control.Engines}. Each host has a {@link
 * io.dowding.docker.Lane}: one virtual thread that connects, listens, lists and pings, and beside
 * it the calls that the loop makes, each with a deadline. A host that hangs hangs alone. Whether a
 * host is asked at all depends on its signs of life and its lists; a change that has no answer is
 * that change's own failure.
 *
 * <p>What a host answers is a claim. {@link io.dowding.docker.EngineHttp} limits its size and
 * follows no redirect, {@link io.dowding.docker.Answer} reads it strictly, and whatever cannot be
 * used is that host's error. docker-java makes the body of a create.
 */
@NullMarked
package io.dowding.docker;

import org.jspecify.annotations.NullMarked;
