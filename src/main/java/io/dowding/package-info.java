/**
 * dowding keeps services running on a fleet of Docker hosts. This is the tour of the house.
 *
 * <pre>
 *   etcd services ──▶ desired ─┐
 *   etcd pins ─────▶ pins ─────┤                                    ┌─▶ etcd: allocations (before acting)
 *   inventory ─────▶ hosts ────┼─▶ plan: what to do, and why ─▶ act ┼─▶ Docker: create, start, stop, remove
 *   Docker hosts ──▶ actual ───┘        ▲                           └─▶ etcd: status (what is, beside what should be)
 *                                       └── outcomes, Docker events, timers
 * </pre>
 *
 * <h2>The rooms</h2>
 *
 * <pre>
 *   model       what exists: services, hosts, pins, allocations, containers       (JDK only)
 *   keys        the names of keys in etcd, and the values under them              → model
 *   compose     what a user wrote, to the model: checked, hashed                  → model
 *   placement   which host, and why not the others                                → model
 *   plan        what to do, and why: a pure function of a Situation               → model, placement
 *   control     the loop: the world, events, step, and what its edges owe it      → plan
 *   etcd        jetcd behind control's Store                                      → control, compose
 *   docker      docker-java and Resilience4j behind control's Engines             → control
 *   cli         the commands; wires the agent                                     → all
 * </pre>
 *
 * What stands in this package itself is what a library user imports: {@link io.dowding.Scheduler}
 * and its values. It wires itself from compose, placement, etcd and docker, and needs neither plan
 * nor an agent; that both choose by {@link io.dowding.placement.Fleet} is why they agree.
 *
 * <p>A test holds these arrows, and keeps clocks, chance, threads, logs and I/O out of everything
 * that decides.
 *
 * <h2>One put, followed to its container</h2>
 *
 * <ol>
 *   <li>Somebody puts {@code services/web}. {@link io.dowding.etcd} watches; its {@code KeyReader}
 *       has {@link io.dowding.compose.ServiceReader} check the value, and a {@link
 *       io.dowding.control.Event.StoreChanged} goes to the loop.
 *   <li>{@link io.dowding.control.Loop} hands it to {@link io.dowding.control.Controller#step},
 *       which notes it in its world, with what it changes, and has {@link
 *       io.dowding.plan.Planner#plan} compare what should be with what is, for the services whose
 *       plans may not hold any more. {@code web.1} has no record: {@link
 *       io.dowding.placement.Fleet#choose} picks a host, and the plan is one {@link
 *       io.dowding.plan.Action.Allocate}.
 *   <li>{@link io.dowding.etcd.EtcdStore#allocate} writes {@code allocations/web.1}. Only now may
 *       anything be made: whoever comes after a crash reads there what was meant.
 *   <li>The outcome comes back as an event. Where a tag names the image, the next plan is a {@link
 *       io.dowding.plan.Action.Pull}, and what the tag means there is written to {@code
 *       versions/web}: all of its jobs will be of that image.
 *   <li>The plan after that is a {@link io.dowding.plan.Action.Create}; its container is named
 *       {@code web.1.<incarnation>}, so that a second one cannot be made, and the first one is
 *       found again. The host's lane in {@link io.dowding.docker} makes the call, and looks at what
 *       came of it.
 *   <li>The plan after that is a {@link io.dowding.plan.Action.Start}, the one after that nothing:
 *       what runs is what was asked for. {@code status/services/web} says so.
 * </ol>
 *
 * <h2>What makes it right</h2>
 *
 * An event only says where to look; what follows is decided from the world as it is. Record, then
 * act. Unknown is not gone: what could not be read removes nothing. One thing at a time per job. A
 * call whose answer was lost is not repeated: the host is listed first. What is stopped or removed
 * is addressed by container id, and only after what it rests on was read again.
 */
@NullMarked
package io.dowding;

import org.jspecify.annotations.NullMarked;
