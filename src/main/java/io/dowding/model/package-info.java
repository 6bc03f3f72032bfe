/**
 * What exists: services and the jobs they ask for, hosts, pins, allocations, and the containers
 * that really run. Values only, of the JDK only; nothing here decides, and nothing here talks to
 * anyone.
 */
@NullMarked
package io.dowding.model;

import org.jspecify.annotations.NullMarked;
