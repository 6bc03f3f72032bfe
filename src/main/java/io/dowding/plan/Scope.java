package io.dowding.plan;

import java.util.SortedSet;

/** The services to plan: those for which anything may have changed. */
public sealed interface Scope {

  record All() implements Scope {}

  /**
   * Only these. A service without a definition has its remaining jobs retired, as in a plan of
   * everything.
   */
  record Of(SortedSet<String> services) implements Scope {}
}
