/**
 * Turns Compose files on disk into service definitions. {@link
 * io.dowding.compose.project.ProjectLoader} reads YAML, fills in variables, resolves {@code
 * include} and {@code extends}, merges files, and prefixes what the project owns with its name.
 * Every value of the tree keeps its file and line, for messages.
 */
@NullMarked
package io.dowding.compose.project;

import org.jspecify.annotations.NullMarked;
