/**
 * From what a user wrote to the model: one service element of the Compose Specification, as JSON,
 * checked as a whole ({@link io.dowding.compose.ServiceReader}), and the hash of what shapes its
 * container ({@link io.dowding.compose.SpecHash}).
 */
@NullMarked
package io.dowding.compose;

import org.jspecify.annotations.NullMarked;
