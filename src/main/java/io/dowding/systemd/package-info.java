/**
 * Speaks to systemd: tells the service manager when the agent is ready, what it does, and that it
 * is alive, and writes to the journal.
 *
 * <p>{@link io.dowding.systemd.UnixDatagrams} sends datagrams by calling the C library, because
 * Java has no Unix datagram sockets.
 */
@NullMarked
package io.dowding.systemd;

import org.jspecify.annotations.NullMarked;
