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
 * <p>World's rooms: {@code Keys} (what etcd holds; {@code Definitions}, {@code HostSettings} and
 * {@code Refusals} are part of it), {@code Hosts} and {@code HostWorld} (what engines report),
 * {@code UnderWay} (calls that have not ended), {@code Memories} (what is kept of each job; {@code
 * Observations} and {@code CallResults} add to it), {@code EarlierLeaders} (what they left in
 * etcd), and {@code Derived} (facts and holds, which follow from the rest).
 *
 * <p>What watchers see: {@code Publisher} writes {@code Statuses} and {@code KeptVersions} to etcd,
 * each through a {@code Mirror} of its keys, whose {@code Census} counts them. {@link
 * io.dowding.control.Health} is this agent's {@link io.dowding.control.Condition} and the {@link
 * io.dowding.control.Pulses} of its threads. {@link io.dowding.control.Monitor} counts what the
 * loop does, {@code Journal} logs it, and {@code Audit} records each change.
 *
 * <p>Guards against accidents: {@code Leadership} (who may act), {@code Identity} (which cluster
 * this etcd belongs to, and whether it went back in time), {@code Deletions}, and {@code Holds}
 * (what waits for a person).
 */
@NullMarked
package io.dowding.control;

import org.jspecify.annotations.NullMarked;
