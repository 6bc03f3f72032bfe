/**
 * Implements {@link io.dowding.control.Engines}. Each host has a {@link io.dowding.docker.Lane},
 * which decides when to connect, list, inspect and ping; one virtual thread does so and listens to
 * events. Calls from the loop run next to it, each with a deadline. A host that hangs blocks no
 * other. Only pings, events and lists decide whether a host counts as reachable; a change without
 * an answer is a failure of that change alone.
 *
 * <p>A host's answers are not trusted. {@link io.dowding.docker.EngineHttp} limits their size and
 * follows no redirects, {@link io.dowding.docker.Answer} parses them strictly, and an unusable
 * answer is an error of that host. docker-java builds the body of a create.
 *
 * <p>{@link io.dowding.docker.EngineHttp} connects over TCP, TLS or a Unix socket by itself ({@link
 * io.dowding.docker.Tls} has the certificates, as they were when a connection was made), and over
 * SSH with the machine's own ssh: {@link io.dowding.docker.Ssh} has an ssh process log in at a
 * host, and each connection is a channel of one, in which {@code docker system dial-stdio} runs.
 */
@NullMarked
package io.dowding.docker;

import org.jspecify.annotations.NullMarked;
