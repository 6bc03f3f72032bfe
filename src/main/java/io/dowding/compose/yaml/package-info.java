/** YAML as Compose reads it, with the place of each value. */
@NullMarked
package io.dowding.compose.yaml;

import org.jspecify.annotations.NullMarked;
