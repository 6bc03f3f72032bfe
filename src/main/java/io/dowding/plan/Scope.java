package io.dowding.plan;

import java.util.SortedSet;

/** Which services a plan is made of: those for which anything may have changed. */
public sealed interface Scope {

  record All() implements Scope {}

  /**
   * These alone. One of which there is no definition has its remaining jobs retired, as in a plan
   * of everything.
   */
  record Of(SortedSet<String> services) implements Scope {}
}
