/**
 * dowding keeps services running on a fleet of Docker hosts. This page is a guide to the code.
 *
 * <pre>
 *   etcd services ──▶ desired ─┐
 *   etcd pins ─────▶ pins ─────┤                                    ┌─▶ etcd: allocations (before acting)
 *   inventory ─────▶ hosts ────┼─▶ plan: actions with reasons ─▶ act┼─▶ Docker: create, start, stop, remove
 *   Docker hosts ──▶ actual ───┘        ▲                           └─▶ etcd: status (actual next to desired)
 *                                       └── outcomes, Docker events, timers
 * </pre>
 *
 * <h2>Packages</h2>
 *
 * <pre>
 *   model       values: services, hosts, pins, allocations, containers            (JDK only)
 *   keys        names of keys in etcd and the values under them                  → model
 *   compose     reads, checks and hashes service definitions and Compose files    → model
 *   placement   chooses a host and explains why not the others                    → model
 *   plan        actions with reasons: a pure function of a Situation              → model, placement
 *   control     the loop: world, events, steps, and the interfaces of its edges   → plan
 *   tls         certificates and keys in PEM files: reads, renews, makes them
 *   etcd        jetcd behind control's Store                                      → control, compose, tls
 *   docker      docker-java and Resilience4j behind control's Engines             → control, tls
 *   http        health and metrics of the agent over HTTP                         → control
 *   systemd     reports to the service manager                                    → control
 *   cli         the commands; wires the agent                                     → all
 * </pre>
 *
 * This package is the library: {@link io.dowding.Scheduler} and its values. It uses compose,
 * placement, etcd and docker, and needs neither plan nor an agent. The library and the agent agree
 * because both choose with {@link io.dowding.placement.Fleet}.
 *
 * <p>A test enforces these arrows. It also keeps clocks, randomness, threads, logs and I/O out of
 * all code that decides.
 *
 * <h2>From a put to a running container</h2>
 *
 * <ol>
 *   <li>A user puts {@code services/web}. {@link io.dowding.etcd} watches; its {@code KeyReader}
 *       checks the value with {@link io.dowding.compose.ServiceReader} and sends the loop a {@link
 *       io.dowding.control.Event.StoreChanged}.
 *   <li>{@link io.dowding.control.Loop} passes it to {@link io.dowding.control.Controller#step},
 *       which updates its world and calls {@link io.dowding.plan.Planner#plan} for the services
 *       that the change affects. {@code web.1} has no record, so {@link
 *       io.dowding.placement.Fleet#choose} picks a host and the plan is one {@link
 *       io.dowding.plan.Action.Allocate}.
 *   <li>{@link io.dowding.etcd.EtcdStore#allocate} writes {@code allocations/web.1}. Nothing is
 *       created before that, so after a crash the next agent reads the decision there.
 *   <li>The outcome returns as an event. If the image is named by tag, the next plan is a {@link
 *       io.dowding.plan.Action.Pull}. The digest that the tag resolves to is written to {@code
 *       versions/web}, and all jobs of the service use it.
 *   <li>The next plan is a {@link io.dowding.plan.Action.Create}. Its container is named {@code
 *       web.1.<incarnation>}: a second one cannot be created, and the first one can be found again.
 *       The host's lane in {@link io.dowding.docker} makes the call and inspects the result.
 *   <li>The next plan is a {@link io.dowding.plan.Action.Start}; the one after that is empty,
 *       because actual and desired state match. {@code status/services/web} says so.
 * </ol>
 *
 * <h2>Rules</h2>
 *
 * <ul>
 *   <li>An event only says where to look. Decisions follow from the state of the world.
 *   <li>Record, then act.
 *   <li>Unknown is not gone: a failed read removes nothing.
 *   <li>One action at a time per job.
 *   <li>A call whose answer was lost is not repeated; the host is listed first.
 *   <li>A container is stopped or removed by id, and only after the state behind the decision was
 *       read again.
 * </ul>
 *
 * <h2>Glossary</h2>
 *
 * <dl>
 *   <dt>service
 *   <dd>a named, long-running definition written by a user
 *   <dt>job
 *   <dd>one instance to place: {@code web.1}, {@code web.2} of a replicated service, {@code
 *       web.<hostname>} of a global one
 *   <dt>host
 *   <dd>a machine in the inventory: hostname, Docker endpoint, tags, metadata
 *   <dt>pin
 *   <dd>a fixed host for a job or a service; nothing overrides it
 *   <dt>allocation, or record
 *   <dd>the host chosen for a job, written to etcd before its container is created
 *   <dt>incarnation
 *   <dd>one container of a job, from its decision to its removal. The number is the cluster's age
 *       when it was decided, and is part of the container's name, labels and record
 *   <dt>generation
 *   <dd>the etcd {@code mod_revision} of a service's key; {@code observedGeneration} is the one
 *       that the agent acts on
 *   <dt>spec hash
 *   <dd>the hash of the fields that shape a container. A release must not change it for existing
 *       definitions, because that would restart the fleet
 *   <dt>up, unknown, down
 *   <dd>whether a host can be reached: unknown after 10 s without contact, down after the grace
 *       period (60 s by default). Unknown is not gone
 *   <dt>good
 *   <dd>a job whose current container has run for the monitor period and is healthy, if it has a
 *       health check. A definition is good once all its jobs are
 *   <dt>settle
 *   <dd>how long a new container must run before its job counts as up and the next one is replaced
 *   <dt>held
 *   <dd>not acted on until a person or a condition releases it, because it looks like an accident;
 *       the status says what is held and how to release it
 *   <dt>ours
 *   <dd>a container with our cluster's label and the name and incarnation that belong to it
 *   <dt>unmanaged
 *   <dd>any other container; never touched
 *   <dt>orphan
 *   <dd>a container of ours that no key asks for
 *   <dt>spared
 *   <dd>an orphan that is left alone, because etcd may have lost the key that asked for it
 *   <dt>adopted
 *   <dd>a container of ours that was found without a record and got one, instead of being replaced
 *   <dt>surplus
 *   <dd>a container of a recorded job other than the recorded one
 *   <dt>tombstone
 *   <dd>the record of a job that is no longer wanted on a lost host. It stays until the host
 *       returns, so that a returning container is recognized and removed
 * </dl>
 */
@NullMarked
package io.dowding;

import org.jspecify.annotations.NullMarked;
