/**
 * The commands. {@link io.dowding.cli.Agent} wires the agent together, {@link
 * io.dowding.cli.Config} is its configuration, and {@link io.dowding.cli.DevCommand} runs
 * everything on one machine to try it out.
 */
@NullMarked
package io.dowding.cli;

import org.jspecify.annotations.NullMarked;
