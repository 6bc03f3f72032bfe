/**
 * What an agent shows over HTTP: {@code /healthz}, {@code /readyz} and {@code /metrics}.
 *
 * <p>{@link io.dowding.http.Metrics} watches the loop as its {@link io.dowding.control.Monitor},
 * and reads the numbers of the status that the leader keeps anyway, so a step costs the same in a
 * cluster of any size.
 */
@NullMarked
package io.dowding.http;

import org.jspecify.annotations.NullMarked;
