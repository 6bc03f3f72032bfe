/**
 * The names of the keys in etcd and the values under them, shared by the agent, the commands and
 * the library. Depends on {@link io.dowding.model} only.
 */
@NullMarked
package io.dowding.keys;

import org.jspecify.annotations.NullMarked;
