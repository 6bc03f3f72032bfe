package io.dowding.model;

import java.util.Set;

/**
 * What ties a service to the other services of its Compose project.
 *
 * @param project the project's name; empty where the service came from none
 * @param networks those of its networks that are the project's own: each host has one of its own
 *     under that name, so that names resolve among the services of one host only
 * @param together whether it is to be on the host of those that share these networks
 */
public record Membership(String project, Set<String> networks, boolean together) {

  /** Of no project. */
  public static final Membership NONE = new Membership("", Set.of(), true);
}
