/**
 * What an agent shows over HTTP: {@code /healthz}, {@code /readyz}, {@code /metrics} and the ops
 * room.
 *
 * <p>{@link io.dowding.http.Metrics} watches the loop as its {@link io.dowding.control.Monitor},
 * and reads the numbers of the status that the leader keeps anyway, so a step costs the same in a
 * cluster of any size.
 *
 * <p>{@link io.dowding.http.OpsRoom} has no part in the loop. While there are viewers, it follows
 * what agents publish, the same on the leader and on others: {@code RoomBoard} finds what differs,
 * and {@code RoomFeed} keeps it for viewers, who pull. {@code RoomHistory} reads the audit log,
 * {@code RoomAccess} decides who may see all this, and {@code RoomPages} answers. The page itself
 * is among the resources of this package.
 */
@NullMarked
package io.dowding.http;

import org.jspecify.annotations.NullMarked;
