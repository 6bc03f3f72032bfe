/**
 * Values: services and their jobs, hosts, pins, allocations, and the containers that run. They use
 * the JDK only. Nothing here decides anything or does I/O.
 */
@NullMarked
package io.dowding.model;

import org.jspecify.annotations.NullMarked;
