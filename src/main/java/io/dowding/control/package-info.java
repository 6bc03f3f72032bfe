/**
 * The loop: what is known of the world, what happened to it, and what follows.
 *
 * <p>{@link io.dowding.control.Controller#step} is the deciding part: events in, actions out, no
 * clock, no thread, no I/O. {@link io.dowding.control.World} is what it knows, owned by one thread.
 * {@link io.dowding.control.Loop} is that thread: it alone waits, and it hands each action to one
 * of the two edges, {@link io.dowding.control.Store} for etcd and {@link
 * io.dowding.control.Engines} for Docker hosts, whose answers come back as {@link
 * io.dowding.control.Event}s. {@link io.dowding.control.Performer} makes the calls, and looks at
 * the lease and at the keys once more just before.
 *
 * <p>The cost of an event follows what it changes. Whatever is learned marks in {@code Changed} the
 * services and hosts that it is about; {@code Facts} keeps what plans read of the hosts in step;
 * {@code Plans} keeps the plan of each service, and knows which of them rest on what has changed.
 * Once a minute all of it is compared with a plan of everything, and in the simulation at every
 * step.
 *
 * <p>What guards against accidents: {@code Leadership} (who may act), {@code Identity} (which
 * cluster this etcd is of, and whether it went back in time), {@code Deletions}, and {@code Holds},
 * which says what waits for a person.
 */
@NullMarked
package io.dowding.control;

import org.jspecify.annotations.NullMarked;
