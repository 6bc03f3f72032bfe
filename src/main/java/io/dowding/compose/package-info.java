/**
 * Reads service definitions into the model. {@link io.dowding.compose.ServiceReader} checks one
 * service element of the Compose Specification, given as JSON; {@link io.dowding.compose.SpecHash}
 * hashes the fields that shape its container.
 */
@NullMarked
package io.dowding.compose;

import org.jspecify.annotations.NullMarked;
