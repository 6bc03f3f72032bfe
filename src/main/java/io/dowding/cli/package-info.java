/**
 * The commands. {@link io.dowding.cli.Agent} wires the agent from its parts, in one place; {@link
 * io.dowding.cli.Config} is what it is told; {@link io.dowding.cli.DevCommand} sets everything up
 * on one machine, for trying it out.
 */
@NullMarked
package io.dowding.cli;

import org.jspecify.annotations.NullMarked;
