package io.dowding.model;

import java.util.Set;

/**
 * How a service belongs to its Compose project.
 *
 * @param project the project's name; empty if there is none
 * @param networks the networks owned by the project. Each host has its own copy of them, so names
 *     resolve only among services on the same host
 * @param together whether it is placed on the same host as services that share these networks
 */
public record Membership(String project, Set<String> networks, boolean together) {

  /** Not part of a project. */
  public static final Membership NONE = new Membership("", Set.of(), true);
}
