/**
 * The control loop.
 *
 * <p>{@link io.dowding.control.Controller#step} decides: events in, actions out, without clock,
 * threads or I/O. {@link io.dowding.control.World} is its state, owned by one thread. {@link
 * io.dowding.control.Loop} is that thread and the only place that waits. It passes each action to
 * {@link io.dowding.control.Store} (etcd) or {@link io.dowding.control.Engines} (Docker hosts), and
 * their answers come back as {@link io.dowding.control.Event}s. {@link
 * io.dowding.control.Performer} makes the calls, and checks the lease and the keys again just
 * before.
 *
 * <p>The cost of an event depends on what it changes. {@code Changed} collects the affected
 * services and hosts, {@code Facts} updates the hosts as plans see them, and {@code Plans} keeps
 * the plan of each service and finds those that a change affects. Once a minute, and at every step
 * of the simulation, the result is compared with a plan of everything.
 *
 * <p>Guards against accidents: {@code Leadership} (who may act), {@code Identity} (which cluster
 * this etcd belongs to, and whether it went back in time), {@code Deletions}, and {@code Holds}
 * (what waits for a person).
 */
@NullMarked
package io.dowding.control;

import org.jspecify.annotations.NullMarked;
