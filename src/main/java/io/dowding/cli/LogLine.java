package io.dowding.cli;

import java.time.Instant;

/**
 * A line that a container wrote.
 *
 * @param time by its host's clock
 */
record LogLine(
    String job, String host, String container, Instant time, boolean error, String text) {}
