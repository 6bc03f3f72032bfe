/**
 * Compose projects: from files on disk to service definitions. {@link
 * io.dowding.compose.project.ProjectLoader} reads YAML, fills in variables, follows {@code include}
 * and {@code extends}, merges files and puts the project's name in front of what it owns. The tree
 * it works on keeps the place in the file of every value, for messages.
 */
@NullMarked
package io.dowding.compose.project;

import org.jspecify.annotations.NullMarked;
